package io.mooring.identity.issue;

/** Thrown for a wanted lifetime that no certificate can have. */
public final class InvalidLifetimeException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  InvalidLifetimeException(long seconds) {
    super(
        "validity_duration "
            + seconds
            + " (expected: 0 for the default, up to "
            + LifetimePolicy.MAX.toSeconds()
            + " seconds)");
  }
}
