package io.mooring.controlplane;

import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges client certificates as SVIDs, and says in our log which one it refused, and why: such a
 * caller never reaches a service of ours that could say it. Thread-safe.
 *
 * <p>Why not the JDK's trust manager: it takes the machine's time, ignores the name constraints of
 * a root, and lets a root in as a client.
 */
final class LoggedTrust extends X509ExtendedTrustManager {

  private static final Logger LOG = LoggerFactory.getLogger(LoggedTrust.class);
  private static final Integer URI = 6; // of GeneralName, RFC 5280 section 4.2.1.6

  private final TrustBundle bundle;
  private final X509SvidVerifier verifier;

  LoggedTrust(TrustBundle bundle, InstantSource clock) {
    this.bundle = bundle;
    this.verifier = new X509SvidVerifier(bundle, clock);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    try {
      verifier.verify(List.of(chain));
    } catch (CertificateException e) {
      LOG.info(
          "identity refused identity={} reason={} serial={}",
          claimed(chain[0]),
          reason(e),
          chain[0].getSerialNumber().toString(16));
      throw e;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side is a server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return bundle.roots().toArray(X509Certificate[]::new);
  }

  static String reason(CertificateException refusal) {
    for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return "CERTIFICATE_EXPIRED";
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "CERTIFICATE_NOT_YET_VALID";
      }
    }
    return "CERTIFICATE_UNTRUSTED";
  }

  /** Returns the SPIFFE ID that nothing vouches for; what is none is not repeated. */
  private static String claimed(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (name.get(0).equals(URI)) {
          return SpiffeId.parse((String) name.get(1)).toString();
        }
      }
    } catch (CertificateParsingException | InvalidSpiffeIdException e) {
      return "invalid";
    }
    return "none";
  }
}
