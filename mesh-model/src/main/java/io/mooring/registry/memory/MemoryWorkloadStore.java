package io.mooring.registry.memory;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.LeaseStore;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.Versioned;
import io.mooring.registry.WorkloadStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A {@link WorkloadStore} that forgets when the process ends. Thread-safe; never blocks. */
public final class MemoryWorkloadStore implements WorkloadStore {

  private final MemorySource source;
  private final Object lock = new Object(); // orders the map and the source alike
  private final Map<ConfigKey, Versioned<WorkloadEntry>> entriesByKey = new TreeMap<>();
  private final LeaseStore leases = LeaseStore.ofOneProcess();
  private long lastVersion;

  /** Creates an empty store called {@code workloads}. */
  public MemoryWorkloadStore() {
    this("workloads");
  }

  /** Creates an empty store. */
  public MemoryWorkloadStore(String name) {
    source = new MemorySource(requireNonNull(name, "name"));
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public Optional<Versioned<WorkloadEntry>> get(ConfigKey key) {
    synchronized (lock) {
      return Optional.ofNullable(entriesByKey.get(key));
    }
  }

  @Override
  public List<Versioned<WorkloadEntry>> list() {
    synchronized (lock) {
      return List.copyOf(entriesByKey.values());
    }
  }

  @Override
  public Optional<Versioned<WorkloadEntry>> put(WorkloadEntry entry, String expectedVersion) {
    synchronized (lock) {
      if (!holds(entry.key(), expectedVersion)) {
        return Optional.empty();
      }
      Versioned<WorkloadEntry> written = new Versioned<>(entry, Long.toString(++lastVersion));
      entriesByKey.put(entry.key(), written);
      source.put(entry);
      return Optional.of(written);
    }
  }

  @Override
  public boolean delete(ConfigKey key, String expectedVersion) {
    synchronized (lock) {
      if (!entriesByKey.containsKey(key) || !holds(key, expectedVersion)) {
        return false;
      }
      entriesByKey.remove(key);
      source.delete(key);
      return true;
    }
  }

  @Override
  public LeaseStore leases() {
    return leases;
  }

  private boolean holds(ConfigKey key, String version) {
    Versioned<WorkloadEntry> held = entriesByKey.get(key);
    return version.equals(held == null ? Versioned.ABSENT : held.version());
  }

  @Override
  public void start(RegistrySink sink) {
    source.start(sink);
  }

  @Override
  public void close() {
    source.close();
  }
}
