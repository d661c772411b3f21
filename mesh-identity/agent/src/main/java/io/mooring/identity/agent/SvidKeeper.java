package io.mooring.identity.agent;

import io.mooring.identity.agent.svid.Credentials;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an SVID fresh, for ever: renews it, tries again when that fails, through its expiry and
 * beyond. Looks for changes of the trust bundle in between. Confined to tasks of the executor, of
 * which there is one at a time; {@link #current} and {@link #close} may be called from any thread.
 */
final class SvidKeeper implements AutoCloseable {

  /**
   * The clock is looked at this often: a machine that slept wakes to a later time, and timers do
   * not count the sleep.
   */
  private static final Duration LONGEST_NAP = Duration.ofSeconds(15);

  private final SvidExchange exchange;
  private final RotationPolicy policy;
  private final InstantSource clock;
  private final ScheduledExecutorService executor;
  private final RandomGenerator random;
  private final AgentObserver observer;
  private final Consumer<Credentials> onChange;

  private volatile Credentials current;
  private volatile boolean closed;
  private volatile @Nullable Future<?> next;
  private Instant renewAt;
  private Instant warnAt;
  private Instant refreshAt;
  private int failures;
  private String lastFailure = "";
  private boolean warned;
  private boolean toldExpired;

  /**
   * Creates a keeper; it does nothing before {@link #start}.
   *
   * @param exchange gets and keeps new credentials
   * @param received when {@code first} came
   * @param onChange is handed all later credentials
   */
  SvidKeeper(
      SvidExchange exchange,
      Credentials first,
      Instant received,
      RotationPolicy policy,
      InstantSource clock,
      ScheduledExecutorService executor,
      RandomGenerator random,
      AgentObserver observer,
      Consumer<Credentials> onChange) {
    this.exchange = exchange;
    this.policy = policy;
    this.clock = clock;
    this.executor = executor;
    this.random = random;
    this.observer = observer;
    this.onChange = onChange;
    this.current = first;
    this.renewAt = policy.renewAt(received, first.expiresAt(), random);
    this.warnAt = policy.warnAt(received, first.expiresAt());
    this.refreshAt = clock.instant(); // what came with the SVID are the roots alone
  }

  void start() {
    schedule();
  }

  Credentials current() {
    return current;
  }

  private void schedule() {
    if (closed) {
      return;
    }
    Instant due = refreshAt.isBefore(renewAt) ? refreshAt : renewAt;
    Duration wait = Duration.between(clock.instant(), due);
    if (wait.compareTo(LONGEST_NAP) > 0) {
      wait = LONGEST_NAP;
    }
    next = executor.schedule(this::tick, Math.max(wait.toMillis(), 0), TimeUnit.MILLISECONDS);
  }

  private void tick() {
    if (!clock.instant().isBefore(renewAt)) {
      renew();
    } else if (!clock.instant().isBefore(refreshAt)) {
      refresh();
    }
    if (failures > 0 && !closed) {
      tellTheEnd(clock.instant());
    }
    schedule();
  }

  private void renew() {
    try {
      Credentials renewed = exchange.renew(current);
      if (!closed) {
        install(renewed);
      }
    } catch (IOException | RuntimeException e) {
      // Whatever it was, a VM that stops trying is lost: the observer hears it, the next try comes.
      if (!closed) {
        failed(e);
      }
    }
  }

  /** Takes a changed trust bundle over at once: peers may show SVIDs of a new root already. */
  private void refresh() {
    Duration next;
    try {
      Credentials refreshed = exchange.refresh(current);
      next = policy.refreshAfter(refreshed.roots().refreshHint(), random);
      if (!closed && !refreshed.equals(current)) {
        current = refreshed;
        onChange.accept(refreshed);
        observer.trustBundleChanged(
            refreshed.roots().trustDomain(), refreshed.roots().roots().size());
        if (!refreshed.isFrom(refreshed.roots(), clock)) {
          renewAt = clock.instant(); // our own root is gone: nobody takes our SVID any more
        }
      }
    } catch (IOException | RuntimeException e) {
      next = policy.refreshAfter(Optional.empty(), random);
      observer.trustBundleNotTold(FailureText.of(e));
    }
    refreshAt = clock.instant().plus(next);
  }

  private void install(Credentials renewed) {
    Instant now = clock.instant();
    current = renewed;
    renewAt = policy.renewAt(now, renewed.expiresAt(), random);
    warnAt = policy.warnAt(now, renewed.expiresAt());
    failures = 0;
    warned = false;
    toldExpired = false;
    onChange.accept(renewed);
    observer.renewed(renewed.svid().id(), renewed.expiresAt());
  }

  private void failed(Exception e) {
    failures++;
    lastFailure = FailureText.of(e);
    Instant now = clock.instant();
    Duration wait = policy.retryAfter(failures, now, current.expiresAt(), random);
    renewAt = now.plus(wait);
    observer.renewalFailed(lastFailure, wait);
  }

  private void tellTheEnd(Instant now) {
    Instant expiry = current.expiresAt();
    if (!now.isBefore(expiry)) {
      if (!toldExpired) {
        toldExpired = true;
        observer.expired(current.svid().id(), expiry, lastFailure);
      }
    } else if (!now.isBefore(warnAt) && !warned) {
      warned = true;
      observer.expiresSoon(current.svid().id(), expiry, lastFailure);
    }
  }

  /** Stops; a request that is under way is given up. Idempotent. */
  @Override
  public void close() {
    closed = true;
    Future<?> pending = next;
    if (pending != null) {
      pending.cancel(true);
    }
  }
}
