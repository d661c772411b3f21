package io.mooring.identity.bundle;

import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.TrustDomain;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what an operator may have to act on. */
final class LoggingFederationObserver implements FederationObserver {

  private static final Logger LOG = LoggerFactory.getLogger(Federation.class);

  @Override
  public void updated(TrustBundle bundle) {
    LOG.info(
        "event=federated_bundle trust_domain={} roots={} jwt_keys={}",
        bundle.trustDomain(),
        bundle.roots().size(),
        bundle.jwtKeys().size());
  }

  @Override
  public void failed(TrustDomain trustDomain, String reason, Duration nextIn) {
    LOG.warn(
        "event=federated_bundle_failed trust_domain={} next_in={} reason=\"{}\""
            + " hint=\"the last bundle stays; check URL, profile and the foreign CA\"",
        trustDomain,
        nextIn,
        reason);
  }
}
