package io.mooring.identity.agent.svid;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.SpiffeId;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the one server that has the expected SPIFFE ID. Host names do not count: the address may
 * be a tunnel, the identity may not. Immutable.
 */
final class ServerIdentityTrust extends X509ExtendedTrustManager {

  private final SpiffeId server;
  private final TrustBundle trusted;
  private final X509SvidVerifier verifier;

  ServerIdentityTrust(SpiffeId server, TrustBundle trusted, InstantSource clock) {
    this.server = server;
    this.trusted = trusted;
    this.verifier = new X509SvidVerifier(trusted, clock);
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    SpiffeId presented;
    try {
      presented = verifier.verify(List.of(chain));
    } catch (CertificateException e) {
      throw new UntrustedChainException(e);
    }
    if (!presented.equals(server)) {
      throw new UntrustedChainException(
          "server is '" + presented + "' (expected: '" + server + "')");
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
    throw new CertificateException("this side is a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trusted.roots().toArray(X509Certificate[]::new);
  }
}
