package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.LeaseStore;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.ReplicaLease;
import io.mooring.registry.Versioned;
import io.mooring.registry.WorkloadStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One replica's door to a store that others share. It knows who writes, and fails the test when a
 * replica does what only the holder of an entry may.
 */
final class SharedStore implements WorkloadStore {

  private final WorkloadStore shared;
  private final String replica;
  private final Set<Transition> seen;
  boolean failing;
  boolean isGroupGone; // just now

  /** The arrows of the picture in the package's description that a store can see. */
  enum Transition {
    FIRST_STREAM,
    EDIT,
    LAST_STREAM_ENDED,
    MOVED_WHILE_CONNECTED,
    MOVED_WHILE_LEAVING,
    BACK_AFTER_ITS_HOLDER_HAD_GONE,
    GRACE_OVER,
    WINDOW_OVER,
    GROUP_DELETED,
    DEPARTED,
    BACK_AFTER_IT_HAD_DEPARTED
  }

  SharedStore(WorkloadStore shared, String replica, Set<Transition> seen) {
    this.shared = shared;
    this.replica = replica;
    this.seen = seen;
  }

  private boolean isAlive(String holder) {
    return shared.leases().list().stream().anyMatch(it -> it.value().holder().equals(holder));
  }

  private Transition transition(WorkloadEntry old, WorkloadEntry entry) {
    EntryLease before = EntryLease.of(old);
    EntryLease after = EntryLease.of(entry);
    if (EntryStatus.isDeparted(entry) || EntryStatus.isDeparted(old)) {
      return EntryStatus.isDeparted(entry)
          ? Transition.DEPARTED
          : Transition.BACK_AFTER_IT_HAD_DEPARTED;
    }
    if (before.equals(after)) {
      return Transition.EDIT;
    }
    if (after.released()) {
      return Transition.LAST_STREAM_ENDED;
    }
    if (!isAlive(before.holder())) {
      return Transition.BACK_AFTER_ITS_HOLDER_HAD_GONE;
    }
    return before.released() ? Transition.MOVED_WHILE_LEAVING : Transition.MOVED_WHILE_CONNECTED;
  }

  private void fail() {
    if (failing) {
      throw new UncheckedIOException(new IOException("the store is away"));
    }
  }

  @Override
  public Optional<Versioned<WorkloadEntry>> get(ConfigKey key) {
    fail();
    return shared.get(key);
  }

  @Override
  public List<Versioned<WorkloadEntry>> list() {
    fail();
    return shared.list();
  }

  @Override
  public Optional<Versioned<WorkloadEntry>> put(WorkloadEntry entry, String expectedVersion) {
    fail();
    Optional<WorkloadEntry> before = shared.get(entry.key()).map(Versioned::value);
    Optional<Versioned<WorkloadEntry>> written = shared.put(entry, expectedVersion);
    if (written.isPresent()) {
      if (before.isEmpty()) {
        seen.add(Transition.FIRST_STREAM);
      }
      before.ifPresentOrElse(
          old -> {
            seen.add(transition(old, entry));
            check(old, entry);
          },
          () -> assertThat(isOwn(EntryLease.of(entry).holder())).as("%s makes", replica).isTrue());
    }
    return written;
  }

  private void check(WorkloadEntry old, WorkloadEntry entry) {
    EntryLease before = EntryLease.of(old);
    EntryLease after = EntryLease.of(entry);
    if (before.equals(after) && !isOwn(after.holder())) {
      assertThat(entry.spec())
          .as("written by %s, held by %s", replica, before)
          .isEqualTo(old.spec());
    } else if (!before.equals(after)) {
      assertThat(isOwn(after.holder())).as("%s writes %s", replica, after).isTrue();
      assertThat(after.released() ? before.letGo().equals(after) : after.epoch() > before.epoch())
          .as("%s makes %s of %s", replica, after, before)
          .isTrue();
    }
  }

  private boolean isOwn(String holder) {
    return holder.startsWith(replica + "-");
  }

  @Override
  public boolean delete(ConfigKey key, String expectedVersion) {
    fail();
    EntryLease lease =
        shared
            .get(key)
            .map(Versioned::value)
            .filter(entry -> !EntryStatus.isDeparted(entry)) // nobody's: the operator takes it back
            .map(EntryLease::of)
            .orElse(EntryLease.NONE);
    boolean deleted = shared.delete(key, expectedVersion);
    if (deleted && !lease.holder().isEmpty()) {
      boolean isHeldHere = isOwn(lease.holder()) && isAlive(lease.holder());
      seen.add(
          !isAlive(lease.holder())
              ? Transition.WINDOW_OVER
              : isHeldHere && !lease.released() && isGroupGone
                  ? Transition.GROUP_DELETED
                  : Transition.GRACE_OVER);
    }
    if (deleted && !lease.released() && !isOwn(lease.holder())) {
      assertThat(shared.leases().list())
          .as("%s deleted %s", replica, key)
          .extracting(held -> held.value().holder())
          .doesNotContain(lease.holder());
    }
    return deleted;
  }

  @Override
  public LeaseStore leases() {
    LeaseStore leases = shared.leases();
    return new LeaseStore() {
      @Override
      public List<Versioned<ReplicaLease>> list() {
        fail();
        return leases.list();
      }

      @Override
      public Optional<Versioned<ReplicaLease>> put(ReplicaLease lease, String expectedVersion) {
        fail();
        return leases.put(lease, expectedVersion);
      }

      @Override
      public boolean delete(String holder, String expectedVersion) {
        fail();
        return leases.delete(holder, expectedVersion);
      }
    };
  }

  @Override
  public String name() {
    return shared.name();
  }

  @Override
  public void start(RegistrySink sink) {
    shared.start(sink);
  }

  @Override
  public void close() {
    shared.close();
  }
}
