package io.mooring.registry;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time in the order of submission, on whatever thread the executor beneath has:
 * state that only such tasks touch needs no lock. Thread-safe; {@link #execute} never blocks.
 */
final class SerialExecutor implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

  private final Executor executor;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pending = new AtomicInteger();
  private volatile @Nullable Thread running;

  SerialExecutor(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (pending.getAndIncrement() == 0) {
      executor.execute(this::drain);
    }
  }

  /** Fails unless the caller is a task of this executor. */
  void assertInside() {
    if (running != Thread.currentThread()) {
      throw new IllegalStateException(
          "thread: " + Thread.currentThread().getName() + " (expected: the registry writer)");
    }
  }

  private void drain() {
    do {
      running = Thread.currentThread();
      try {
        runNext();
      } finally {
        running = null; // before the count says that another thread may take over
      }
    } while (pending.decrementAndGet() > 0);
  }

  private void runNext() {
    Runnable task = tasks.remove();
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("event=registry_task_failed", e);
    }
  }
}
