package io.mooring.registry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The leases of the replicas that share a {@link WorkloadStore}. Thread-safe.
 *
 * <p>As there, every write is a compare-and-set, may block, and throws {@link
 * java.io.UncheckedIOException} if the backend fails. Versions of one holder are never used twice.
 */
public interface LeaseStore {

  /** Returns every lease, in the order of holders. */
  List<Versioned<ReplicaLease>> list();

  /**
   * Writes a lease if the store still holds {@code expectedVersion} of its holder's.
   *
   * @param expectedVersion {@link Versioned#ABSENT} to take a new lease
   * @return the lease at its new version; empty, and nothing written, if the store holds another
   */
  Optional<Versioned<ReplicaLease>> put(ReplicaLease lease, String expectedVersion);

  /**
   * Ends a lease if the store still holds {@code expectedVersion} of it.
   *
   * @return whether it was ended
   */
  boolean delete(String holder, String expectedVersion);

  /**
   * Returns the leases of a store that belongs to one process: they end with it, so memory is where
   * they are kept.
   */
  static LeaseStore ofOneProcess() {
    return new LeaseStore() {
      private final Map<String, Versioned<ReplicaLease>> leasesByHolder = new TreeMap<>();
      private long lastVersion;

      @Override
      public synchronized List<Versioned<ReplicaLease>> list() {
        return List.copyOf(leasesByHolder.values());
      }

      @Override
      public synchronized Optional<Versioned<ReplicaLease>> put(
          ReplicaLease lease, String expectedVersion) {
        if (!expectedVersion.equals(version(lease.holder()))) {
          return Optional.empty();
        }
        Versioned<ReplicaLease> written = new Versioned<>(lease, Long.toString(++lastVersion));
        leasesByHolder.put(lease.holder(), written);
        return Optional.of(written);
      }

      @Override
      public synchronized boolean delete(String holder, String expectedVersion) {
        return expectedVersion.equals(version(holder)) && leasesByHolder.remove(holder) != null;
      }

      private String version(String holder) {
        @Nullable Versioned<ReplicaLease> held = leasesByHolder.get(holder);
        return held == null ? Versioned.ABSENT : held.version();
      }
    };
  }
}
