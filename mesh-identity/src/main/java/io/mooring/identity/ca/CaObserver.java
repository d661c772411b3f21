package io.mooring.identity.ca;

import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * Is told what an operator of a CA has to act on. Every method does nothing unless overridden;
 * calls come from the threads that issue, and must not block.
 */
public interface CaObserver {

  /** Returns an observer that logs, as {@code key=value}. */
  static CaObserver logging() {
    return new LoggingCaObserver();
  }

  /**
   * What signs now will soon be able to sign no more: told when the CA is opened or issues in the
   * last sixth of its life, or its last 30 days where those are less, and then once a day.
   *
   * @param issuer the certificate that signs
   * @param notAfter when the first certificate between a leaf and its root ends, root included
   */
  default void endsSoon(X509Certificate issuer, Instant notAfter) {}
}
