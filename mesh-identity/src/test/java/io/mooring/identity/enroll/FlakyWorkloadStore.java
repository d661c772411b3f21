package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.LeaseStore;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.ReplicaLease;
import io.mooring.registry.Versioned;
import io.mooring.registry.WorkloadStore;
import io.mooring.registry.memory.MemoryWorkloadStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store in memory that fails, or is written by another replica, when a test says so. */
final class FlakyWorkloadStore implements WorkloadStore {

  private final MemoryWorkloadStore store = new MemoryWorkloadStore();
  boolean failing;
  @Nullable RuntimeException broken; // thrown by every method, against the contract
  int conflicts;
  int writes;

  private void fail() {
    if (broken != null) {
      throw broken;
    }
    if (failing) {
      throw new UncheckedIOException(new IOException("the disk is away"));
    }
  }

  @Override
  public Optional<Versioned<WorkloadEntry>> get(ConfigKey key) {
    fail();
    return store.get(key);
  }

  @Override
  public List<Versioned<WorkloadEntry>> list() {
    fail();
    return store.list();
  }

  @Override
  public Optional<Versioned<WorkloadEntry>> put(WorkloadEntry entry, String expectedVersion) {
    fail();
    if (conflicts > 0) {
      conflicts--;
      return Optional.empty();
    }
    writes++;
    return store.put(entry, expectedVersion);
  }

  @Override
  public boolean delete(ConfigKey key, String expectedVersion) {
    fail();
    if (conflicts > 0) {
      conflicts--;
      return false;
    }
    return store.delete(key, expectedVersion);
  }

  @Override
  public LeaseStore leases() {
    LeaseStore leases = store.leases();
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
    return store.name();
  }

  @Override
  public void start(RegistrySink sink) {
    store.start(sink);
  }

  @Override
  public void close() {
    store.close();
  }
}
