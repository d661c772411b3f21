package io.mooring.identity.attest;

/**
 * Thrown when a caller gets no certificate. Its message is for our own log, never for a caller
 * whose identity is not proved; it has no secret.
 */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final RefusalReason reason;

  /** Creates the exception; {@code detail} has no secret. */
  public RefusedException(RefusalReason reason, String detail) {
    super(reason + ": " + detail);
    this.reason = reason;
  }

  /** Creates the exception; neither {@code detail} nor {@code cause} has a secret. */
  public RefusedException(RefusalReason reason, String detail, Throwable cause) {
    super(reason + ": " + detail, cause);
    this.reason = reason;
  }

  /** Returns why. */
  public RefusalReason reason() {
    return reason;
  }
}
