package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries whose holder has gone, and how long their VMs have to come back. Confined to the
 * registrar's executor.
 *
 * <p>Those that are found at one time, e.g. all that a crashed replica held, wait together: as long
 * as one of them comes back within the window, the others get another one. However long thousands
 * of handshakes take, no VM is dropped while it stands in the queue; and as each return makes the
 * batch smaller, there is an end.
 */
final class Orphans {

  private final Turns turns;
  private final Duration window;
  private final BiConsumer<ConfigKey, EntryLease> overdue;
  private final Map<ConfigKey, Batch> batchesByEntry = new HashMap<>();

  private static final class Batch {
    final Map<ConfigKey, EntryLease> leasesByEntry = new TreeMap<>();
    @Nullable ScheduledFuture<?> end;
  }

  /** Creates an empty set; {@code overdue} is told of each entry that nobody came back for. */
  Orphans(Turns turns, Duration window, BiConsumer<ConfigKey, EntryLease> overdue) {
    this.turns = turns;
    this.window = window;
    this.overdue = overdue;
  }

  /** Begins to wait for those that are not waited for; for all anew that were claimed meanwhile. */
  void found(Map<ConfigKey, EntryLease> leasesByEntry) {
    Batch batch = new Batch();
    leasesByEntry.forEach(
        (entry, lease) -> {
          Batch known = batchesByEntry.get(entry);
          if (known == null || !lease.equals(known.leasesByEntry.get(entry))) {
            returned(entry);
            batchesByEntry.put(entry, batch);
            batch.leasesByEntry.put(entry, lease);
          }
        });
    await(batch);
  }

  /** An entry is none, because its VM is back here or elsewhere, or because it was removed. */
  void returned(ConfigKey entry) {
    Batch batch = batchesByEntry.remove(entry);
    if (batch != null) {
      batch.leasesByEntry.remove(entry);
      await(batch);
    }
  }

  void clear() {
    Set.copyOf(batchesByEntry.values()).forEach(Orphans::cancel);
    batchesByEntry.clear();
  }

  private void await(Batch batch) {
    cancel(batch);
    if (!batch.leasesByEntry.isEmpty()) {
      batch.end = turns.later(window, () -> end(batch)).orElse(null);
    }
  }

  private static void cancel(Batch batch) {
    if (batch.end != null) {
      batch.end.cancel(false);
      batch.end = null;
    }
  }

  private void end(Batch batch) {
    Map<ConfigKey, EntryLease> all = new TreeMap<>(batch.leasesByEntry);
    batch.leasesByEntry.clear();
    batchesByEntry.keySet().removeAll(all.keySet());
    all.forEach(overdue);
  }
}
