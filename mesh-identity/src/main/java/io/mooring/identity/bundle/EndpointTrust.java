package io.mooring.identity.bundle;

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

/** Trusts the one server that has the configured SPIFFE ID. Immutable. */
final class EndpointTrust extends X509ExtendedTrustManager {

  private final SpiffeId expected;
  private final X509SvidVerifier verifier;

  EndpointTrust(SpiffeId expected, TrustBundle bundle, InstantSource clock) {
    this.expected = expected;
    this.verifier = new X509SvidVerifier(bundle, clock);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    SpiffeId shown = verifier.verify(List.of(chain));
    if (!shown.equals(expected)) {
      throw new CertificateException(
          "bundle endpoint is '" + shown + "' (expected: '" + expected + "')");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
