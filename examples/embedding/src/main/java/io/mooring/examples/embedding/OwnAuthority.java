package io.mooring.examples.embedding;

import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.identity.ca.CertificateAuthority;
import io.mooring.identity.ca.CertificateRequest;
import io.mooring.identity.ca.LocalCertificateAuthority;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Issues and verifies SPIFFE certificates: the identity library alone, without mesh or server. */
final class OwnAuthority {

  private final InstantSource clock;
  private final CertificateAuthority authority;

  /** Opens the CA that {@code directory} keeps; the first time it is made there. */
  OwnAuthority(Path directory, TrustDomain trustDomain, InstantSource clock) throws IOException {
    this.clock = clock;
    this.authority =
        LocalCertificateAuthority.open(directory, trustDomain, clock, new SecureRandom());
  }

  /**
   * Signs the key of a request for {@code id}, which the caller must have proved; names in the
   * request grant nothing.
   */
  X509Svid issue(SpiffeId id, String requestPem) {
    return authority.issue(
        SvidTemplate.builder()
            .id(id)
            .publicKey(CertificateRequest.parse(requestPem).publicKey())
            .ttl(Duration.ofHours(1))
            .build());
  }

  /** Returns who showed this chain. */
  SpiffeId verify(List<X509Certificate> chain) throws CertificateException {
    return new X509SvidVerifier(authority.trustBundle(), clock).verify(chain);
  }
}
