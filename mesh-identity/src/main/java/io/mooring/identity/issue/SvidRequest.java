package io.mooring.identity.issue;

import static java.util.Objects.requireNonNull;

/**
 * What a caller asks for, nothing of it trusted. Immutable.
 *
 * @param csr PEM of a PKCS#10 request
 * @param validitySeconds wanted lifetime, 0 for the default
 * @param peer where the request came from, for audits only
 */
public record SvidRequest(String csr, long validitySeconds, String peer) {

  public SvidRequest {
    requireNonNull(csr, "csr");
    requireNonNull(peer, "peer");
  }
}
