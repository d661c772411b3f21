package io.mooring.identity.ca;

import java.security.cert.X509Certificate;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what an operator has to act on. */
final class LoggingCaObserver implements CaObserver {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateAuthority.class);

  @Override
  public void endsSoon(X509Certificate issuer, Instant notAfter) {
    LOG.warn(
        "event=ca_ends_soon issuer=\"{}\" serial={} not_after={}"
            + " hint=\"prepare and activate the next CA; nothing can be issued after that\"",
        issuer.getSubjectX500Principal(),
        issuer.getSerialNumber().toString(16),
        notAfter);
  }
}
