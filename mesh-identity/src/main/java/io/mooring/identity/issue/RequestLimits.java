package io.mooring.identity.issue;

import static java.util.Objects.requireNonNull;

/**
 * How much an issuer takes on before it asks for patience. Immutable.
 *
 * @param perCaller what one caller may ask for: one IPv4 address, or one IPv6 network of 64 bits
 * @param overall what all callers may ask for together
 * @param concurrent how many requests are worked on at once, at least 1; while the signer or a
 *     cloud's key server is slow, further ones are refused rather than queued
 */
public record RequestLimits(Rate perCaller, Rate overall, int concurrent) {

  /** Fits one or two cores: a machine behind an address of its own asks twice a day. */
  public static final RequestLimits DEFAULT =
      new RequestLimits(new Rate(100, 500), new Rate(1_000, 2_000), 256);

  /** Checks the bounds. */
  public RequestLimits {
    requireNonNull(perCaller, "perCaller");
    requireNonNull(overall, "overall");
    if (concurrent < 1) {
      throw new IllegalArgumentException("concurrent " + concurrent + " (expected: at least 1)");
    }
  }

  /**
   * A token bucket. Immutable.
   *
   * @param perSecond how fast it fills, more than zero
   * @param burst what it holds, at least 1
   */
  public record Rate(double perSecond, int burst) {

    /** Checks the bounds. */
    public Rate {
      if (!(perSecond > 0) || Double.isInfinite(perSecond) || burst < 1) {
        throw new IllegalArgumentException(
            "rate of " + perSecond + "/s, burst " + burst + " (expected: more than 0, at least 1)");
      }
    }
  }
}
