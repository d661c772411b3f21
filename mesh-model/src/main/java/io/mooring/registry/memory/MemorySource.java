package io.mooring.registry.memory;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.RegistrySource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Objects that a program hands over by method call. Thread-safe; calls never block on the registry.
 *
 * <p>May be filled before it is started: the registry then sees all of it at once.
 */
public final class MemorySource implements RegistrySource {

  private final String name;
  private final Object lock = new Object(); // orders the map and the sink alike
  private final Map<ConfigKey, ConfigObject> objectsByKey = new TreeMap<>();
  private @Nullable RegistrySink sink;
  private boolean closed;

  /** Creates an empty source called {@code memory}. */
  public MemorySource() {
    this("memory");
  }

  /** Creates an empty source. */
  public MemorySource(String name) {
    this.name = requireNonNull(name, "name");
  }

  @Override
  public String name() {
    return name;
  }

  /** Adds objects or replaces those of the same keys, as one step. */
  public void put(ConfigObject... objects) {
    apply(Arrays.stream(objects).<RegistryEvent>map(Upsert::new).toList());
  }

  /** Removes objects as one step; keys that are unknown do no harm. */
  public void delete(ConfigKey... keys) {
    apply(Arrays.stream(keys).<RegistryEvent>map(Delete::new).toList());
  }

  /**
   * Applies events in their order as one step.
   *
   * @throws IllegalArgumentException if one is neither {@link Upsert} nor {@link Delete}; the
   *     source itself says the others
   */
  public void apply(List<RegistryEvent> events) {
    List<RegistryEvent> batch = List.copyOf(events);
    for (RegistryEvent event : batch) {
      if (!(event instanceof Upsert || event instanceof Delete)) {
        throw new IllegalArgumentException("events: " + event + " (expected: Upsert or Delete)");
      }
    }
    synchronized (lock) {
      for (RegistryEvent event : batch) {
        if (event instanceof Upsert upsert) {
          objectsByKey.put(upsert.object().key(), upsert.object());
        } else if (event instanceof Delete delete) {
          objectsByKey.remove(delete.key());
        }
      }
      if (sink != null && !closed && !batch.isEmpty()) {
        sink.accept(batch);
      }
    }
  }

  @Override
  public void start(RegistrySink sink) {
    synchronized (lock) {
      if (this.sink != null || closed) {
        throw new IllegalStateException("source " + name + ": started or closed before");
      }
      this.sink = requireNonNull(sink, "sink");
      List<RegistryEvent> everything = new ArrayList<>();
      objectsByKey.values().forEach(object -> everything.add(new Upsert(object)));
      everything.add(new Synced());
      sink.accept(everything);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
  }
}
