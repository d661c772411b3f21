package io.mooring.identity.bundle;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.SpiffeId;
import java.security.NoSuchAlgorithmException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * How a bundle endpoint proves that it is the right one. Never guessed, and never exchanged for the
 * other one when it fails.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE_Federation.md">SPIFFE
 *     Federation 5.2</a>
 */
public sealed interface EndpointProfile permits EndpointProfile.Web, EndpointProfile.Spiffe {

  /** Returns what {@code web} or {@code spiffe} makes of this profile. */
  <R> R fold(Function<Web, R> web, Function<Spiffe, R> spiffe);

  /**
   * The profile {@code https_web}: the certificate is for the host of the URL, from a CA that
   * {@code trust} trusts.
   *
   * @param trust whose trust managers decide
   */
  record Web(SSLContext trust) implements EndpointProfile {

    /** Creates the profile with the JVM's own CAs. */
    public Web() {
      this(defaultContext());
    }

    private static SSLContext defaultContext() {
      try {
        return SSLContext.getDefault();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("the JVM has no default TLS context", e);
      }
    }

    @Override
    public <R> R fold(Function<Web, R> web, Function<Spiffe, R> spiffe) {
      return web.apply(this);
    }
  }

  /**
   * The profile {@code https_spiffe}: the certificate is the X509-SVID of {@code endpointId}.
   *
   * @param endpointId the identity of the server, in the same or another trust domain
   * @param bundle the bundle of the server's trust domain, got in a secure way; newer ones that
   *     federation itself fetches take its place
   */
  record Spiffe(SpiffeId endpointId, TrustBundle bundle) implements EndpointProfile {

    /**
     * Checks that the bundle is that of the server.
     *
     * @throws IllegalArgumentException if it is of another trust domain
     */
    public Spiffe {
      requireNonNull(endpointId, "endpointId");
      if (!endpointId.trustDomain().equals(bundle.trustDomain())) {
        throw new IllegalArgumentException(
            "bundle of '"
                + bundle.trustDomain()
                + "' (expected: of '"
                + endpointId.trustDomain()
                + "', the domain of the endpoint '"
                + endpointId
                + "')");
      }
    }

    @Override
    public <R> R fold(Function<Web, R> web, Function<Spiffe, R> spiffe) {
      return spiffe.apply(this);
    }
  }
}
