package io.mooring.identity.agent.health;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Probes for ever and tells of each change. Envoy is looked at first: without it the workload
 * cannot be reached, however well it is. Confined to tasks of the executor, of which there is one
 * at a time; {@link #close} may be called from any thread.
 */
final class HealthProber implements AutoCloseable {

  private final HealthPlan plan;
  private final BooleanSupplier envoyReady;
  private final InstantSource clock;
  private final ScheduledExecutorService executor;
  private final Consumer<Health> onChange;
  private final HealthTracker tracker;
  private volatile boolean closed;
  private volatile @Nullable ScheduledFuture<?> next;

  /**
   * Creates a prober; it does nothing before {@link #start}.
   *
   * @param envoyReady whether Envoy serves; blocks for a second at most
   * @param executor may be blocked by a probe
   */
  HealthProber(
      HealthPlan plan,
      BooleanSupplier envoyReady,
      InstantSource clock,
      ScheduledExecutorService executor,
      Consumer<Health> onChange) {
    this.plan = plan;
    this.envoyReady = envoyReady;
    this.clock = clock;
    this.executor = executor;
    this.onChange = onChange;
    this.tracker = new HealthTracker(plan.successThreshold(), plan.failureThreshold());
  }

  void start() {
    schedule(plan.initialDelay());
  }

  private void schedule(Duration wait) {
    if (!closed) {
      next = executor.schedule(this::probe, Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS);
    }
  }

  private void probe() {
    Instant started = clock.instant();
    Health result = look();
    if (closed) {
      return;
    }
    tracker.onResult(result).ifPresent(onChange);
    schedule(Duration.between(clock.instant(), started.plus(plan.period())));
  }

  private Health look() {
    if (!envoyReady.getAsBoolean()) {
      return Health.bad("Envoy is not ready");
    }
    try {
      plan.probe().check(plan.timeout());
      return Health.GOOD;
    } catch (IOException | RuntimeException e) {
      return Health.bad(String.valueOf(e.getMessage())); // whatever it was: not well
    }
  }

  /** Stops; a probe that is under way is given up. Idempotent. */
  @Override
  public void close() {
    closed = true;
    ScheduledFuture<?> pending = next;
    if (pending != null) {
      pending.cancel(true);
    }
  }
}
