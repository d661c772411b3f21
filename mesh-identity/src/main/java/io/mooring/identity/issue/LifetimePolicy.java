package io.mooring.identity.issue;

import java.time.Duration;

/**
 * How long certificates live. Immutable.
 *
 * @param standard what a certificate gets that asks for nothing, and the most that one gets
 */
public record LifetimePolicy(Duration standard) {

  /** Who asks for more than this has a bug: Istio's maximum. */
  public static final Duration MAX = Duration.ofDays(90);

  /** A day, as with Istio. */
  public static final LifetimePolicy DEFAULT = new LifetimePolicy(Duration.ofHours(24));

  /**
   * Checks the lifetime.
   *
   * @throws IllegalArgumentException unless it is at least a second and at most 90 days
   */
  public LifetimePolicy {
    if (standard.compareTo(Duration.ofSeconds(1)) < 0 || standard.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "lifetime of certificates: " + standard + " (expected: 1 s to " + MAX + ")");
    }
  }

  /**
   * Returns the lifetime for a request of {@code seconds}: never more than the standard one, which
   * 0 stands for.
   *
   * @throws InvalidLifetimeException if {@code seconds} is negative or more than 90 days
   */
  Duration grant(long seconds) {
    if (seconds < 0 || seconds > MAX.toSeconds()) {
      throw new InvalidLifetimeException(seconds);
    }
    Duration wanted = Duration.ofSeconds(seconds);
    return seconds == 0 || wanted.compareTo(standard) > 0 ? standard : wanted;
  }
}
