package io.mooring.identity.bundle;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.TrustDomain;
import java.net.URI;

/**
 * A trust domain whose identities are to be accepted, and where its bundle is published. All three
 * are given; none is inferred from another. Immutable.
 *
 * @param trustDomain the foreign domain
 * @param endpoint an {@code https} URL without user information
 * @param profile how the endpoint proves itself
 */
public record FederatedDomain(TrustDomain trustDomain, URI endpoint, EndpointProfile profile) {

  /**
   * Checks the URL.
   *
   * @throws IllegalArgumentException if it is no bundle endpoint's
   */
  public FederatedDomain {
    requireNonNull(trustDomain, "trustDomain");
    requireNonNull(profile, "profile");
    requireEndpoint(endpoint);
  }

  /** SPIFFE Federation 5.2.1.1 and 5.2.2.1; also for what a redirect names. */
  static void requireEndpoint(URI url) {
    if (!"https".equalsIgnoreCase(url.getScheme())
        || url.getHost() == null
        || url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "bundle endpoint '"
              + (url.getRawUserInfo() == null ? url : "https://...@" + url.getHost())
              + "' (expected: https, a host, no user information)");
    }
  }
}
