package io.mooring.identity.issue;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a caller asks for, nothing of it trusted. Immutable.
 *
 * @param csr PEM of a PKCS#10 request
 * @param validitySeconds wanted lifetime, 0 for the default
 * @param peer where the request came from, for rate limits and audits
 * @param impersonated an identity that the caller asks for in words, beside the names in its CSR
 */
public record SvidRequest(
    String csr, long validitySeconds, String peer, Optional<String> impersonated) {

  public SvidRequest {
    requireNonNull(csr, "csr");
    requireNonNull(peer, "peer");
    requireNonNull(impersonated, "impersonated");
  }

  /** Creates a request for the caller's own identity. */
  public SvidRequest(String csr, long validitySeconds, String peer) {
    this(csr, validitySeconds, peer, Optional.empty());
  }
}
