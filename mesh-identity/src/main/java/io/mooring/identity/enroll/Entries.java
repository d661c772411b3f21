package io.mooring.identity.enroll;

import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.Versioned;
import io.mooring.registry.WorkloadStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Function;

/** Changes entries of a store: read, decide, write, and start over if another was faster. */
final class Entries {

  private static final int ATTEMPTS = 5;

  private final WorkloadStore store;

  Entries(WorkloadStore store) {
    this.store = store;
  }

  /**
   * What to make of an entry, given what the store has. Immutable.
   *
   * @param write the entry to write; empty to leave what is there or, to remove, delete it
   */
  record Change(Lifecycle.Action action, Optional<WorkloadEntry> write) {

    static Change none(Lifecycle.Action action) {
      return new Change(action, Optional.empty());
    }
  }

  /** What became of an entry. Immutable. */
  record Result(Lifecycle.Action action, Optional<WorkloadEntry> before, boolean changed) {

    /** Returns whether the entry was claimed from a holder that had not let it go. */
    boolean isTaken() {
      return action == Lifecycle.Action.CLAIM
          && !isFirst()
          && before.map(EntryLease::of).filter(lease -> !lease.released()).isPresent();
    }

    /** Returns whether nothing was known of the VM before. */
    boolean isFirst() {
      return isNew() || before.flatMap(EntryKeys::groupOf).isEmpty();
    }

    /** Returns whether the VM had no entry before. */
    boolean isNew() {
      return before.filter(entry -> !EntryStatus.isDeparted(entry)).isEmpty();
    }
  }

  Optional<WorkloadEntry> get(ConfigKey key) {
    return store.get(key).map(Versioned::value);
  }

  /**
   * Does what {@code decision} says of the entry that is stored now.
   *
   * @throws EnrollmentRefusedException if the entry is none that the store takes
   * @throws UncheckedIOException if the store fails, or others write the entry all the time
   */
  Result change(ConfigKey key, Function<Optional<WorkloadEntry>, Change> decision) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Versioned<WorkloadEntry>> stored = store.get(key);
      Optional<WorkloadEntry> before = stored.map(Versioned::value);
      Change change = decision.apply(before);
      if (change.write().isPresent()) {
        WorkloadEntry entry = change.write().get();
        if (before.filter(other -> sameContent(other, entry)).isPresent()) {
          return new Result(change.action(), before, false);
        }
        String version = stored.map(Versioned::version).orElse(Versioned.ABSENT);
        if (isWritten(entry, version)) {
          return new Result(change.action(), before, true);
        }
      } else if (change.action() == Lifecycle.Action.REMOVE && stored.isPresent()) {
        if (store.delete(key, stored.get().version())) {
          return new Result(change.action(), before, true);
        }
      } else {
        return new Result(change.action(), before, false);
      }
    }
    throw new UncheckedIOException(new IOException(key + " is written by others all the time"));
  }

  private boolean isWritten(WorkloadEntry entry, String version) {
    try {
      return store.put(entry, version).isPresent();
    } catch (IllegalArgumentException e) {
      throw new EnrollmentRefusedException(
          Reason.INVALID_ENTRY, entry.key() + ": " + e.getMessage(), e);
    }
  }

  /** A store may add versions, times and ids of its own. */
  private static boolean sameContent(WorkloadEntry stored, WorkloadEntry wanted) {
    return stored.spec().equals(wanted.spec())
        && stored.metadata().labels().equals(wanted.metadata().labels())
        && stored.metadata().annotations().equals(wanted.metadata().annotations())
        && stored.status().equals(wanted.status());
  }
}
