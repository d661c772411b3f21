package io.mooring.identity.enroll;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registrar's tasks, one after the other on its executor. Thread-safe. */
final class Turns {

  private static final Logger LOG = LoggerFactory.getLogger(WorkloadRegistrar.class);

  private final ScheduledExecutorService executor;
  private final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();

  Turns(ScheduledExecutorService executor) {
    this.executor = executor;
  }

  /** Returns whether the executor took the task. */
  boolean take(Runnable task) {
    try {
      executor.execute(() -> run(task));
      return true;
    } catch (RejectedExecutionException e) {
      LOG.debug("enrolment task dropped: the executor is shut down", e);
      return false;
    }
  }

  /** Returns the task to be; empty if the executor is shut down. */
  Optional<ScheduledFuture<?>> later(Duration delay, Runnable task) {
    try {
      return Optional.of(
          executor.schedule(() -> run(task), delay.toMillis(), TimeUnit.MILLISECONDS));
    } catch (RejectedExecutionException e) {
      LOG.debug("enrolment timer dropped: the executor is shut down", e);
      return Optional.empty();
    }
  }

  private void run(Runnable task) {
    if (!writer.compareAndSet(null, Thread.currentThread())) {
      throw new IllegalStateException("two tasks at once (expected: a single-threaded executor)");
    }
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("enrolment failed hint=\"this is a defect: please report it\"", e);
    } finally {
      writer.set(null);
    }
  }

  /** Throws unless called by a task. */
  void assertInTurn() {
    if (writer.get() != Thread.currentThread()) {
      throw new IllegalStateException("not in the registrar's executor");
    }
  }
}
