package io.mooring.registry;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile @Nullable Thread running;

  SerialExecutor(Executor executor) {
    this.executor = executor;
  }

  /** Queues a task. One that the executor beneath rejects stays queued, and runs with the next. */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    schedule();
  }

  private void schedule() {
    if (tasks.isEmpty() || !scheduled.compareAndSet(false, true)) {
      return;
    }
    boolean handedOver = false;
    try {
      executor.execute(this::drain);
      handedOver = true;
    } catch (RejectedExecutionException e) {
      LOG.warn("event=registry_task_rejected hint=\"it waits for the next one\"", e);
    } finally {
      if (!handedOver) {
        scheduled.set(false);
      }
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
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      run(task);
    }
    scheduled.set(false);
    schedule(); // for what came after the last look at the queue
  }

  private void run(Runnable task) {
    running = Thread.currentThread();
    try {
      task.run();
    } catch (RuntimeException | Error e) { // of a listener, say: the next must still hear
      LOG.error("event=registry_task_failed", e);
    } finally {
      running = null;
    }
  }
}
