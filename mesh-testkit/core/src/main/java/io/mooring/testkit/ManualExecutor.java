package io.mooring.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A scheduled executor that runs nothing until a test says so, on the test's own thread, in the
 * order of time. Tasks may be submitted from any thread; they run on the one that calls {@link
 * #runReady} or {@link #advance}.
 */
public final class ManualExecutor extends AbstractExecutorService
    implements ScheduledExecutorService {

  private final FakeClock clock;
  private final PriorityQueue<Task<?>> tasks =
      new PriorityQueue<>(
          Comparator.<Task<?>, Instant>comparing(task -> task.due)
              .thenComparing(task -> task.order));
  private long submitted;
  private boolean shutdown;

  /**
   * Creates an executor that takes its time from {@code clock}, and moves it in {@link #advance}.
   */
  public ManualExecutor(FakeClock clock) {
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * Runs every task that is due now, and those that they submit, until none is due. Returns how
   * many ran.
   */
  public int runReady() {
    int ran = 0;
    while (true) {
      Task<?> next;
      synchronized (tasks) {
        next = tasks.peek();
        if (next == null || next.due.isAfter(clock.instant())) {
          return ran;
        }
        tasks.remove(next);
      }
      next.run();
      ran++;
    }
  }

  /** Moves the clock forward, task by task, and runs each at its own time. */
  public void advance(Duration by) {
    Instant end = clock.instant().plus(by);
    runReady();
    while (true) {
      Instant due;
      synchronized (tasks) {
        Task<?> next = tasks.peek();
        if (next == null || next.due.isAfter(end)) {
          break;
        }
        due = next.due;
      }
      clock.advance(Duration.between(clock.instant(), due));
      runReady();
    }
    clock.advance(Duration.between(clock.instant(), end));
  }

  /** Returns how many tasks wait, due or not. */
  public int pending() {
    synchronized (tasks) {
      return tasks.size();
    }
  }

  private <V> Task<V> add(Callable<V> work, Duration delay, Duration period) {
    synchronized (tasks) {
      if (shutdown) {
        throw new RejectedExecutionException("executor is shut down");
      }
      Task<V> task = new Task<>(work, clock.instant().plus(delay), period, submitted++);
      tasks.add(task);
      return task;
    }
  }

  @Override
  public void execute(Runnable command) {
    add(asCallable(command), Duration.ZERO, Duration.ZERO);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return add(asCallable(command), Duration.of(delay, unit.toChronoUnit()), Duration.ZERO);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(callable, Duration.of(delay, unit.toChronoUnit()), Duration.ZERO);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return add(
        asCallable(command),
        Duration.of(initialDelay, unit.toChronoUnit()),
        Duration.of(period, unit.toChronoUnit()));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return scheduleAtFixedRate(command, initialDelay, delay, unit);
  }

  private static Callable<Void> asCallable(Runnable command) {
    requireNonNull(command, "command");
    return () -> {
      command.run();
      return null;
    };
  }

  @Override
  public void shutdown() {
    synchronized (tasks) {
      shutdown = true;
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    synchronized (tasks) {
      shutdown = true;
      List<Runnable> left = new ArrayList<>(tasks);
      tasks.clear();
      return left;
    }
  }

  @Override
  public boolean isShutdown() {
    synchronized (tasks) {
      return shutdown;
    }
  }

  @Override
  public boolean isTerminated() {
    synchronized (tasks) {
      return shutdown && tasks.isEmpty();
    }
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }

  private final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
    private Instant due;
    private final Duration period;
    private final long order;

    Task(Callable<V> work, Instant due, Duration period, long order) {
      super(work);
      this.due = due;
      this.period = period;
      this.order = order;
    }

    @Override
    public boolean isPeriodic() {
      return !period.isZero();
    }

    @Override
    public void run() {
      if (!isPeriodic()) {
        super.run();
      } else if (super.runAndReset()) {
        synchronized (tasks) {
          due = due.plus(period);
          if (!shutdown) {
            tasks.add(this);
          }
        }
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      synchronized (tasks) {
        tasks.remove(this);
      }
      return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(Duration.between(clock.instant(), due));
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
