package io.mooring.identity.agent.tls;

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
 * Trusts peers, clients and servers alike, by their SPIFFE ID; host names do not count. Thread-safe
 * as far as the predicate is.
 */
final class SpiffeTrustManager extends X509ExtendedTrustManager {

  private final X509SvidVerifier verifier;
  private final Predicate<SpiffeId> peers;

  SpiffeTrustManager(TrustBundle roots, InstantSource clock, Predicate<SpiffeId> peers) {
    this.verifier = new X509SvidVerifier(roots, clock);
    this.peers = peers;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    SpiffeId id = verifier.verify(List.of(chain));
    if (!peers.test(id)) {
      throw new CertificateException("peer '" + id + "' is not one of those to be accepted");
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
