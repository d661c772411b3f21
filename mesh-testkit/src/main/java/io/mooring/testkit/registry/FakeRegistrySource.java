package io.mooring.testkit.registry;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Stale;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.RegistrySource;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source that says what a test tells it to say, when it tells it to: also nothing, so that a
 * registry waits, or that it cannot start. For ordinary objects use {@code MemorySource}. Not
 * thread-safe.
 */
public final class FakeRegistrySource implements RegistrySource {

  private final String name;
  private String cluster = "";
  private @Nullable RegistrySink sink;
  private @Nullable RuntimeException startFailure;
  private boolean closed;

  /** Creates a source that keeps silent. */
  public FakeRegistrySource(String name) {
    this.name = requireNonNull(name, "name");
  }

  /** Makes it speak for a cluster; before the registry is built. */
  public FakeRegistrySource inCluster(String cluster) {
    this.cluster = requireNonNull(cluster, "cluster");
    return this;
  }

  /** Makes {@link #start} throw. */
  public FakeRegistrySource failAtStart(RuntimeException failure) {
    startFailure = requireNonNull(failure, "failure");
    return this;
  }

  /** Says these events as one batch; after {@link #close} nothing is said. */
  public void emit(RegistryEvent... events) {
    if (sink == null) {
      throw new IllegalStateException("source " + name + ": not started");
    }
    if (!closed) {
      sink.accept(List.of(events));
    }
  }

  /** Says that these objects exist. */
  public void upsert(ConfigObject... objects) {
    emit(Arrays.stream(objects).map(Upsert::new).toArray(RegistryEvent[]::new));
  }

  /** Says that objects with these keys do not exist. */
  public void delete(ConfigKey... keys) {
    emit(Arrays.stream(keys).map(Delete::new).toArray(RegistryEvent[]::new));
  }

  /** Says that everything was said. */
  public void synced() {
    emit(new Synced());
  }

  /** Says that it cannot see its backend. */
  public void stale(String reason) {
    emit(new Stale(reason));
  }

  /** Returns whether it was started. */
  public boolean isStarted() {
    return sink != null;
  }

  /** Returns whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String cluster() {
    return cluster;
  }

  @Override
  public void start(RegistrySink sink) {
    if (startFailure != null) {
      throw startFailure;
    }
    if (this.sink != null || closed) {
      throw new IllegalStateException("source " + name + ": started or closed before");
    }
    this.sink = requireNonNull(sink, "sink");
  }

  @Override
  public void close() {
    closed = true;
  }
}
