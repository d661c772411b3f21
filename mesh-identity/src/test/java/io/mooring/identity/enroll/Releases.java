package io.mooring.identity.enroll;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Upsert;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** When holders let entries go that nobody has claimed since. Not thread-safe. */
final class Releases {

  private final InstantSource clock;
  private final Map<ConfigKey, Instant> instantByEntry = new TreeMap<>();

  Releases(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns the keys of the entries that {@code events} of a store are about. */
  List<ConfigKey> note(Collection<RegistryEvent> events) {
    List<ConfigKey> keys = new ArrayList<>();
    for (RegistryEvent event : events) {
      if (event instanceof Upsert upsert && upsert.object() instanceof WorkloadEntry entry) {
        keys.add(entry.key());
        if (EntryLease.of(entry).released()) {
          instantByEntry.putIfAbsent(entry.key(), clock.instant());
        } else {
          instantByEntry.remove(entry.key());
        }
      } else if (event instanceof Delete delete) {
        keys.add(delete.key());
        instantByEntry.remove(delete.key());
      }
    }
    return keys;
  }

  /** Returns when an entry that is let go was. */
  Instant of(ConfigKey entry) {
    return instantByEntry.getOrDefault(entry, Instant.MIN);
  }
}
