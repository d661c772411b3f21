package io.mooring.identity.enroll;

import io.mooring.model.networking.WorkloadEntry;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Under whose lease an entry is. Immutable. No two claims of any entry ever have equal values:
 * holders are not used again, and each numbers its claims.
 *
 * @param holder the holder of the lease; empty in an entry that was never claimed
 * @param epoch the fencing token: higher with each claim
 * @param released whether the holder has let the entry go
 */
record EntryLease(String holder, long epoch, boolean released) {

  static final EntryLease NONE = new EntryLease("", 0, true);

  private static final String HOLDER = "istio.io/workloadController"; // Istio's word
  private static final String EPOCH = "mooring.io/epoch";
  private static final String RELEASED = "mooring.io/released";

  static EntryLease of(WorkloadEntry entry) {
    Map<String, String> annotations = entry.metadata().annotations();
    String epoch = annotations.getOrDefault(EPOCH, "");
    return new EntryLease(
        annotations.getOrDefault(HOLDER, ""),
        epoch.matches("[0-9]{1,18}") ? Long.parseLong(epoch) : 0,
        annotations.containsKey(RELEASED));
  }

  /** Returns the lease after a claim that is the holder's {@code number}th. */
  EntryLease claimedBy(String newHolder, long number) {
    return new EntryLease(newHolder, Math.max(epoch + 1, number), false);
  }

  EntryLease letGo() {
    return new EntryLease(holder, epoch, true);
  }

  /** Returns annotations without those of any lease. */
  static Map<String, String> without(Map<String, String> annotations) {
    Map<String, String> others = new TreeMap<>(annotations);
    others.keySet().removeAll(Set.of(HOLDER, EPOCH, RELEASED));
    return others;
  }

  /** Returns {@code entry} under this lease. */
  WorkloadEntry writeTo(WorkloadEntry entry) {
    Map<String, String> annotations = new TreeMap<>(entry.metadata().annotations());
    annotations.put(HOLDER, holder);
    annotations.put(EPOCH, Long.toString(epoch));
    annotations.remove(RELEASED);
    if (released) {
      annotations.put(RELEASED, "true");
    }
    return EntryStatus.annotated(entry, annotations);
  }
}
