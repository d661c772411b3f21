package io.mooring.xds.push;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers changes that come in quick succession into one: passes it on when none has come for
 * {@code quiet}, or {@code max} after the first one. Thread-safe, without locks.
 *
 * <p>With {@code quiet} zero every change passes at once, on the caller's thread; else on the
 * scheduler's.
 */
final class Debouncer<C> {

  private record Window<C>(C change, Instant first, Instant last) {}

  private final AtomicReference<@Nullable Window<C>> open = new AtomicReference<>();
  private final Duration quiet;
  private final Duration max;
  private final InstantSource clock;
  private final ScheduledExecutorService scheduler;
  private final BinaryOperator<C> merge;
  private final Consumer<C> sink;

  Debouncer(
      Duration quiet,
      Duration max,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      BinaryOperator<C> merge,
      Consumer<C> sink) {
    this.quiet = quiet;
    this.max = max;
    this.clock = clock;
    this.scheduler = scheduler;
    this.merge = merge;
    this.sink = sink;
  }

  void add(C change) {
    if (quiet.isZero()) {
      sink.accept(change);
      return;
    }
    Instant now = clock.instant();
    Window<C> before = open.getAndAccumulate(new Window<>(change, now, now), this::extend);
    if (before == null) {
      checkAfter(quiet);
    }
  }

  private Window<C> extend(@Nullable Window<C> older, @Nullable Window<C> newer) {
    if (newer == null) {
      throw new IllegalStateException("a window is never extended by nothing");
    }
    return older == null
        ? newer
        : new Window<>(merge.apply(older.change(), newer.change()), older.first(), newer.last());
  }

  private void checkAfter(Duration delay) {
    scheduler.schedule(this::check, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void check() {
    Window<C> window = open.get();
    if (window == null) {
      return;
    }
    Instant now = clock.instant();
    Instant due = earlier(window.last().plus(quiet), window.first().plus(max));
    if (now.isBefore(due)) {
      checkAfter(Duration.between(now, due));
      return;
    }
    Window<C> closed = open.getAndSet(null);
    if (closed != null) {
      sink.accept(closed.change());
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
