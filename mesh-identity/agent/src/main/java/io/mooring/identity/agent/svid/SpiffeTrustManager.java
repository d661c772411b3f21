package io.mooring.identity.agent.svid;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.SpiffeId;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts peers, clients and servers alike, by their SPIFFE ID; host names do not count: an address
 * may be a tunnel, an identity may not. Refuses with {@link UntrustedChainException}. Thread-safe
 * as far as the predicate is.
 */
public final class SpiffeTrustManager extends X509ExtendedTrustManager {

  private final X509SvidVerifier verifier;
  private final Predicate<SpiffeId> peers;
  private final String expected;

  /**
   * Creates a trust manager.
   *
   * @param roots what vouches for peers
   * @param clock decides which certificates are valid
   * @param peers whom to accept, of those that are verified
   * @param expected says in a refusal whom {@code peers} accepts
   */
  public SpiffeTrustManager(
      TrustBundle roots, InstantSource clock, Predicate<SpiffeId> peers, String expected) {
    this.verifier = new X509SvidVerifier(roots, clock);
    this.peers = requireNonNull(peers, "peers");
    this.expected = requireNonNull(expected, "expected");
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    SpiffeId id;
    try {
      id = verifier.verify(List.of(chain));
    } catch (CertificateException e) {
      throw new UntrustedChainException(e);
    }
    if (!peers.test(id)) {
      throw new UntrustedChainException("peer is '" + id + "' (expected: " + expected + ")");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  /** None: servers then name no CA, and clients show what they have. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
