package io.mooring.identity.issue;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A token that a workload asks for, nothing of it trusted. Immutable.
 *
 * @param audience for whom it is to be
 * @param validitySeconds wanted lifetime, 0 for the default
 * @param peer where the request came from, for rate limits and audits
 */
public record JwtSvidRequest(List<String> audience, long validitySeconds, String peer) {

  /** Copies the audience. */
  public JwtSvidRequest {
    audience = List.copyOf(audience);
    requireNonNull(peer, "peer");
  }
}
