package io.mooring.identity.enroll;

import io.mooring.model.networking.WorkloadEntry;
import java.util.Map;
import java.util.TreeMap;

/**
 * Under whose lease an entry is. Immutable.
 *
 * @param holder the lease's holder; empty where the holder has let the entry go
 * @param epoch the fencing token: one more each time that the entry is claimed
 */
record EntryLease(String holder, long epoch) {

  private static final String HOLDER = "istio.io/workloadController"; // Istio's word
  private static final String EPOCH = "mooring.io/epoch";

  static EntryLease of(WorkloadEntry entry) {
    Map<String, String> annotations = entry.metadata().annotations();
    String epoch = annotations.getOrDefault(EPOCH, "");
    return new EntryLease(
        annotations.getOrDefault(HOLDER, ""),
        epoch.matches("[0-9]{1,18}") ? Long.parseLong(epoch) : 0);
  }

  EntryLease claimedBy(String newHolder) {
    return new EntryLease(newHolder, epoch + 1);
  }

  EntryLease released() {
    return new EntryLease("", epoch);
  }

  /** Returns {@code entry} under this lease. */
  WorkloadEntry writeTo(WorkloadEntry entry) {
    Map<String, String> annotations = new TreeMap<>(entry.metadata().annotations());
    annotations.remove(HOLDER);
    if (!holder.isEmpty()) {
      annotations.put(HOLDER, holder);
    }
    annotations.put(EPOCH, Long.toString(epoch));
    return EntryStatus.annotated(entry, annotations);
  }
}
