package io.mooring.identity.agent;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides when an SVID is renewed, when a failed renewal is tried again, and when its end is near
 * enough to be said. Pure and immutable.
 *
 * <p>Lifetimes count from the moment the SVID was received, not from its notBefore: issuers
 * backdate that, and a short-lived SVID would be past its half already when it comes.
 *
 * @param jitter how far the renewal may lie from half of the lifetime, as a part of the lifetime,
 *     0..0.25: spreads the renewals of a fleet that joined at once
 * @param floor never renew or retry sooner than this
 * @param maxBackOff never wait longer than this after a failure; also how long a control plane that
 *     is back may have to wait for us
 */
public record RotationPolicy(double jitter, Duration floor, Duration maxBackOff) {

  /** Half of the lifetime plus or minus a tenth; a failure is retried after 1 to 15 seconds. */
  public static final RotationPolicy DEFAULT =
      new RotationPolicy(0.1, Duration.ofSeconds(1), Duration.ofSeconds(15));

  private static final double HALF = 0.5;
  private static final double NEAR_THE_END = 0.8;
  private static final double MAX_JITTER = 0.25;
  private static final int MAX_DOUBLINGS = 16;
  private static final double REFRESH_JITTER = 0.1;
  private static final Duration REFRESH = Duration.ofMinutes(5); // what SPIRE tells consumers
  private static final Duration MIN_REFRESH = Duration.ofSeconds(10);
  private static final Duration MAX_REFRESH = Duration.ofHours(1);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if {@code jitter} is out of range, or {@code floor} is not
   *     positive or longer than {@code maxBackOff}
   */
  public RotationPolicy {
    requireNonNull(floor, "floor");
    requireNonNull(maxBackOff, "maxBackOff");
    if (!(jitter >= 0 && jitter <= MAX_JITTER)) {
      throw new IllegalArgumentException("jitter " + jitter + " (expected: 0.." + MAX_JITTER + ")");
    }
    if (floor.isZero() || floor.isNegative() || floor.compareTo(maxBackOff) > 0) {
      throw new IllegalArgumentException(
          "floor " + floor + " (expected: positive, at most maxBackOff " + maxBackOff + ")");
    }
  }

  /** Returns when an SVID that was received at {@code received} is to be renewed. */
  public Instant renewAt(Instant received, Instant expiry, RandomGenerator random) {
    double part = HALF + (random.nextDouble() * 2 - 1) * jitter;
    return received.plus(atLeastFloor(scale(Duration.between(received, expiry), part)));
  }

  /** Returns from when on a failing renewal is worth a warning: four fifths of the lifetime. */
  public Instant warnAt(Instant received, Instant expiry) {
    return received.plus(scale(Duration.between(received, expiry), NEAR_THE_END));
  }

  /**
   * Returns how long to wait after failure number {@code failures}: doubling from the floor, with
   * up to half of it taken off at random, and never so long that a quarter of the remaining
   * lifetime passes in silence.
   *
   * @param failures in a row, from 1
   */
  public Duration retryAfter(int failures, Instant now, Instant expiry, RandomGenerator random) {
    Duration doubled = floor.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
    Duration longest = min(doubled, maxBackOff);
    Duration remaining = Duration.between(now, expiry);
    if (!remaining.isNegative()) {
      longest = min(longest, remaining.dividedBy(4));
    }
    return atLeastFloor(scale(longest, 1 - random.nextDouble() * HALF));
  }

  /**
   * Returns how long the trust bundle at hand may serve before a newer one is looked for: as it
   * says itself, within 10 s and an hour, or five minutes, less up to a tenth.
   *
   * @param hint the bundle's refresh hint
   */
  public Duration refreshAfter(Optional<Duration> hint, RandomGenerator random) {
    Duration wanted = hint.filter(time -> !time.isZero()).orElse(REFRESH);
    Duration bounded = min(wanted.compareTo(MIN_REFRESH) < 0 ? MIN_REFRESH : wanted, MAX_REFRESH);
    return atLeastFloor(scale(bounded, 1 - random.nextDouble() * REFRESH_JITTER));
  }

  private Duration atLeastFloor(Duration wanted) {
    return wanted.compareTo(floor) < 0 ? floor : wanted;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration scale(Duration duration, double factor) {
    return Duration.ofMillis((long) (duration.toMillis() * factor));
  }
}
