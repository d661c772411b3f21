package io.mooring.identity.agent;

import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.svid.Credentials;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an SVID fresh, for ever: renews it, tries again when that fails, through its expiry and
 * beyond. Confined to tasks of the executor, of which there is one at a time; {@link #current} and
 * {@link #close} may be called from any thread.
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
  private final Consumer<Credentials> onRenewed;

  private volatile Runnable afterRenewal = () -> {};
  private volatile Credentials current;
  private volatile boolean closed;
  private volatile @Nullable Future<?> next;
  private Instant receivedAt;
  private Instant renewAt;
  private Instant warnAt;
  private long ticks;
  private boolean ticking;
  private int failures;
  private String lastFailure = "";
  private boolean warned;
  private boolean toldExpired;

  /**
   * Creates a keeper; it does nothing before {@link #start}.
   *
   * @param exchange gets and keeps new credentials
   * @param received when {@code first} came
   * @param onRenewed is handed all later credentials
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
      Consumer<Credentials> onRenewed) {
    this.exchange = exchange;
    this.policy = policy;
    this.clock = clock;
    this.executor = executor;
    this.random = random;
    this.observer = observer;
    this.onRenewed = onRenewed;
    this.current = first;
    this.receivedAt = received;
    this.renewAt = policy.renewAt(received, first.expiresAt(), random);
    this.warnAt = policy.warnAt(received, first.expiresAt());
  }

  void start() {
    schedule();
  }

  Credentials current() {
    return current;
  }

  /** Runs {@code task} after each renewal, on the executor; to be called before the start. */
  void onRenewal(Runnable task) {
    afterRenewal = task;
  }

  /**
   * Takes over newer trust bundles, of our own domain and of others, between two renewals; without
   * our own root in it, which makes peers refuse our SVID, renews at once. Any thread; locked
   * against a renewal that ends at the same time, since a user's executor may have several threads.
   *
   * <p>A bundle of our own that is older than ours by its sequence is one that a replica has not
   * heard the end of, or a message that was overtaken: it changes nothing (SPIFFE Federation 4.2).
   */
  synchronized void trust(TrustBundle received, BundleSet federated) {
    TrustBundle held = current.roots();
    if (closed || received.isOlderThan(held)) {
      return;
    }
    // Without any root Envoy would refuse its configuration.
    TrustBundle bundle = received.roots().isEmpty() || received.equals(held) ? held : received;
    if (bundle.equals(held) && federated.equals(current.federated())) {
      return;
    }
    boolean changed = !bundle.hasSameKeys(held) || !federated.equals(current.federated());
    Credentials updated = current.with(bundle, federated);
    current = updated;
    if (!changed) {
      return; // its sequence alone is remembered
    }
    onRenewed.accept(updated);
    if (!held.roots().equals(bundle.roots())) {
      observer.trustBundleChanged(bundle);
      if (!updated.isFrom(bundle, clock)) {
        hasten();
      }
    }
  }

  /** Not so soon after the last SVID: a control plane that disowns its own would be flooded. */
  private synchronized void hasten() {
    Instant soonest = receivedAt.plus(policy.maxBackOff());
    Instant now = clock.instant();
    Instant at = now.isAfter(soonest) ? now : soonest;
    if (at.isBefore(renewAt)) {
      renewAt = at;
    }
    Future<?> pending = next;
    if (pending != null && !ticking) {
      pending.cancel(false);
      schedule();
    }
  }

  private synchronized void schedule() {
    ticking = false;
    if (closed) {
      return;
    }
    Duration wait = Duration.between(clock.instant(), renewAt);
    if (wait.compareTo(LONGEST_NAP) > 0) {
      wait = LONGEST_NAP;
    }
    long number = ++ticks;
    next =
        executor.schedule(() -> tick(number), Math.max(wait.toMillis(), 0), TimeUnit.MILLISECONDS);
  }

  private void tick(long number) {
    if (!begins(number)) {
      return;
    }
    if (!clock.instant().isBefore(renewAt)) {
      renew();
    }
    if (failures > 0 && !closed) {
      tellTheEnd(clock.instant());
    }
    schedule();
  }

  /** Returns whether this tick is the one that is due, and not one that was brought forward. */
  private synchronized boolean begins(long number) {
    if (number != ticks) {
      return false;
    }
    ticking = true;
    return true;
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

  private synchronized void install(Credentials issued) {
    Instant now = clock.instant();
    // A reply has the roots alone; the bundle of the last update has the JWT keys too.
    TrustBundle held = current.roots();
    TrustBundle roots = issued.roots().roots().equals(held.roots()) ? held : issued.roots();
    Credentials renewed = issued.with(roots, current.federated());
    current = renewed;
    receivedAt = now;
    renewAt = policy.renewAt(now, renewed.expiresAt(), random);
    warnAt = policy.warnAt(now, renewed.expiresAt());
    failures = 0;
    warned = false;
    toldExpired = false;
    onRenewed.accept(renewed);
    observer.renewed(renewed.svid().id(), renewed.expiresAt());
    afterRenewal.run();
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
