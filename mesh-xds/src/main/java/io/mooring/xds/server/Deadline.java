package io.mooring.xds.server;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What happens on a stream at a time, unless it is called off before: also where the time has come
 * and the stream was busy. Confined to the stream's events, where it happens too.
 */
final class Deadline {

  private final ScheduledExecutorService scheduler;
  private final Executor events;
  private final Runnable rejected;
  private @Nullable ScheduledFuture<?> pending;
  private long set;

  /**
   * Creates one that is not set.
   *
   * @param rejected called by {@link #set} if the scheduler takes nothing any more
   */
  Deadline(ScheduledExecutorService scheduler, Executor events, Runnable rejected) {
    this.scheduler = scheduler;
    this.events = events;
    this.rejected = rejected;
  }

  boolean isSet() {
    return pending != null;
  }

  /** Lets {@code task} happen after {@code delay}, instead of what was set before. */
  void set(Duration delay, Runnable task) {
    cancel();
    long mine = set;
    try {
      pending =
          scheduler.schedule(
              () -> events.execute(() -> happen(mine, task)),
              delay.toNanos(),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      rejected.run();
    }
  }

  private void happen(long mine, Runnable task) {
    if (mine == set) {
      cancel();
      task.run();
    }
  }

  /** Calls off what was set. */
  void cancel() {
    set++;
    if (pending != null) {
      pending.cancel(false);
      pending = null;
    }
  }
}
