package io.mooring.registry.file;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.LeaseStore;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.Versioned;
import io.mooring.registry.WorkloadStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A {@link WorkloadStore} in a directory, one file an entry, that survives a restart and the loss
 * of power. Thread-safe; writes wait for the disk.
 *
 * <p>Files are ordinary WorkloadEntries in YAML, readable by their owner alone, with a checksum in
 * a comment; the version is their {@code metadata.resourceVersion}. Leases end with the process and
 * are kept in memory. One process at a time has the directory, by the operating system's lock on
 * it.
 */
public final class FileWorkloadStore implements WorkloadStore {

  private static final String UNVERSIONED = "0"; // of a file that somebody wrote by hand

  private final EntryFiles files;
  private final ProcessLock owner;
  private final Object lock = new Object(); // orders the disk, the map and the sink alike
  private final SortedMap<ConfigKey, Versioned<WorkloadEntry>> entriesByKey = new TreeMap<>();
  private final SortedMap<String, String> unreadable;
  private final LeaseStore leases = LeaseStore.ofOneProcess();
  private final String life = UUID.randomUUID().toString(); // no version of a former one returns
  private long writes;
  private @Nullable RegistrySink sink;
  private boolean closed;

  private FileWorkloadStore(EntryFiles files, ProcessLock owner, EntryFiles.Contents contents) {
    this.files = files;
    this.owner = owner;
    this.unreadable = contents.unreadable();
    for (WorkloadEntry stored : contents.entries()) {
      entriesByKey.put(
          stored.key(),
          new Versioned<>(
              withVersion(stored, Optional.empty()),
              stored
                  .metadata()
                  .resourceVersion()
                  .filter(version -> !version.equals(Versioned.ABSENT))
                  .orElse(UNVERSIONED)));
    }
  }

  /**
   * Opens the store in {@code directory}, which is made if it is not there. Files that are torn or
   * are no WorkloadEntry are left where they are, see {@link #unreadableFiles}.
   *
   * @throws UncheckedIOException if the directory cannot be made or listed, or if another process
   *     has it
   */
  public static FileWorkloadStore open(Path directory) {
    EntryFiles files = new EntryFiles(requireNonNull(directory, "directory"));
    try {
      ProcessLock owner = files.lock();
      try {
        return new FileWorkloadStore(files, owner, files.read());
      } catch (IOException | RuntimeException e) {
        owner.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the files that were skipped when the store was opened, with the reason. */
  public Map<String, String> unreadableFiles() {
    return unreadable;
  }

  @Override
  public String name() {
    return "workloads";
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
    WorkloadEntry bare = withVersion(entry, Optional.empty());
    synchronized (lock) {
      if (!holds(bare.key(), expectedVersion)) {
        return Optional.empty();
      }
      String version = life + "." + ++writes;
      try {
        files.write(withVersion(bare, Optional.of(version)));
      } catch (IOException e) {
        throw new UncheckedIOException("entry " + bare.key() + " cannot be stored", e);
      }
      Versioned<WorkloadEntry> written = new Versioned<>(bare, version);
      entriesByKey.put(bare.key(), written);
      emit(new Upsert(bare));
      return Optional.of(written);
    }
  }

  @Override
  public boolean delete(ConfigKey key, String expectedVersion) {
    synchronized (lock) {
      if (!entriesByKey.containsKey(key) || !holds(key, expectedVersion)) {
        return false;
      }
      try {
        files.delete(key);
      } catch (IOException e) {
        throw new UncheckedIOException("entry " + key + " cannot be deleted", e);
      }
      entriesByKey.remove(key);
      emit(new Delete(key));
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

  private void emit(RegistryEvent event) {
    if (sink != null && !closed) {
      sink.accept(List.of(event));
    }
  }

  @Override
  public void start(RegistrySink sink) {
    synchronized (lock) {
      if (this.sink != null || closed) {
        throw new IllegalStateException("source " + name() + ": started or closed before");
      }
      this.sink = requireNonNull(sink, "sink");
      List<RegistryEvent> everything = new ArrayList<>();
      entriesByKey.values().forEach(entry -> everything.add(new Upsert(entry.value())));
      everything.add(new Synced());
      sink.accept(everything);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      try {
        owner.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static WorkloadEntry withVersion(WorkloadEntry entry, Optional<String> version) {
    return entry.metadata().resourceVersion().equals(version)
        ? entry
        : WorkloadEntry.builder()
            .from(entry)
            .metadata(Metadata.builder().from(entry.metadata()).resourceVersion(version).build())
            .build();
  }
}
