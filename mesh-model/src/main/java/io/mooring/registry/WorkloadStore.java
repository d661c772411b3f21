package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import java.util.List;
import java.util.Optional;

/**
 * The write port for WorkloadEntries that Mooring itself makes, e.g. for VMs that joined. It is
 * also the source that feeds them to the registry.
 *
 * <p>Thread-safe. Every write is a compare-and-set, so that replicas that share a store cannot undo
 * each other's work: read, decide, write with the version that was read, and start over when
 * another was faster. Reads and writes work before {@link #start} and may block on a disk or a
 * network; a write is durable when it returns, as far as the store is durable at all, and reaches
 * the registry soon after.
 *
 * <p>All methods throw {@link java.io.UncheckedIOException} if the backend fails; then a write may
 * or may not have happened.
 */
public interface WorkloadStore extends RegistrySource {

  /** Returns the entry with this key. */
  Optional<Versioned<WorkloadEntry>> get(ConfigKey key);

  /** Returns every entry, in the order of keys. */
  List<Versioned<WorkloadEntry>> list();

  /**
   * Writes an entry if the store still holds {@code expectedVersion} of its key.
   *
   * @param expectedVersion the version that was read, {@link Versioned#ABSENT} to create
   * @return the entry at its new version; empty, and nothing written, if the store holds another
   * @throws IllegalArgumentException if the entry is none that the store could read back
   */
  Optional<Versioned<WorkloadEntry>> put(WorkloadEntry entry, String expectedVersion);

  /**
   * Removes an entry if the store still holds {@code expectedVersion} of it.
   *
   * @return whether it was removed
   */
  boolean delete(ConfigKey key, String expectedVersion);

  /** Returns the leases of the replicas that share this store; always the same object. */
  LeaseStore leases();
}
