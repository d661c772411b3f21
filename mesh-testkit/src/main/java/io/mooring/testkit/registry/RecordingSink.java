package io.mooring.testkit.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Stale;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.registry.RegistrySink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A sink that remembers what a source says. Thread-safe. */
public final class RecordingSink implements RegistrySink {

  private final List<List<RegistryEvent>> batches = new ArrayList<>();
  private final AtomicInteger callers = new AtomicInteger();
  private boolean overlapped;

  @Override
  public void accept(List<RegistryEvent> batch) {
    boolean alone = callers.incrementAndGet() == 1;
    synchronized (batches) {
      overlapped |= !alone;
      batches.add(List.copyOf(batch));
      batches.notifyAll();
    }
    callers.decrementAndGet();
  }

  /** Returns what was said so far, one list a batch. */
  public List<List<RegistryEvent>> batches() {
    synchronized (batches) {
      return List.copyOf(batches);
    }
  }

  /** Returns every event so far, in order. */
  public List<RegistryEvent> events() {
    return batches().stream().flatMap(List::stream).toList();
  }

  /** Returns the objects that exist by what was said so far. */
  public SortedMap<ConfigKey, ConfigObject> objects() {
    SortedMap<ConfigKey, ConfigObject> objects = new TreeMap<>();
    for (RegistryEvent event : events()) {
      if (event instanceof Upsert upsert) {
        objects.put(upsert.object().key(), upsert.object());
      } else if (event instanceof Delete delete) {
        objects.remove(delete.key());
      }
    }
    return objects;
  }

  /** Returns how often the source said that it is synced. */
  public long syncedCount() {
    return events().stream().filter(Synced.class::isInstance).count();
  }

  /** Returns how often the source said that it cannot see its backend. */
  public long staleCount() {
    return events().stream().filter(Stale.class::isInstance).count();
  }

  /** Returns whether two threads ever called at the same time, which no source may do. */
  public boolean overlapped() {
    synchronized (batches) {
      return overlapped;
    }
  }

  /**
   * Waits until {@code condition} holds.
   *
   * @return whether it does within {@code timeout}
   */
  public boolean await(Predicate<RecordingSink> condition, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (batches) {
      while (!condition.test(this)) {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (leftMillis <= 0) {
          return false;
        }
        batches.wait(leftMillis);
      }
      return true;
    }
  }
}
