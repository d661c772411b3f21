package io.mooring.identity.agent.svid;

import org.jspecify.annotations.Nullable;

/** Thrown when a request brought no certificate; the message has the reason and never a secret. */
public final class CertificateRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why there is no certificate. */
  public enum Reason {
    /** The control plane could not be reached or did not answer: asking again may help. */
    UNAVAILABLE,
    /** The control plane said no: asking again with the same proof will not help. */
    REFUSED,
    /**
     * Whoever answered is not the control plane, or what it issued is not ours: nothing is kept.
     */
    UNTRUSTED
  }

  private final Reason reason;

  CertificateRequestException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Returns why there is no certificate. */
  public Reason reason() {
    return reason;
  }
}
