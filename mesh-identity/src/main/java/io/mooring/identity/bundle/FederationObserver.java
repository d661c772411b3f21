package io.mooring.identity.bundle;

import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.TrustDomain;
import java.time.Duration;

/**
 * Is told how the bundles of other trust domains come. Every method does nothing unless overridden;
 * calls come from federation's threads and must not block.
 */
public interface FederationObserver {

  /** Returns an observer that logs changes and failures, as {@code key=value}. */
  static FederationObserver logging() {
    return new LoggingFederationObserver();
  }

  /** A new bundle took the place of the one before. */
  default void updated(TrustBundle bundle) {}

  /** A fetch failed or brought an older bundle; the last one stays, the next try comes then. */
  default void failed(TrustDomain trustDomain, String reason, Duration nextIn) {}
}
