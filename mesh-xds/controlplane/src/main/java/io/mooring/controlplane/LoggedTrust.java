package io.mooring.controlplane;

import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in our log which client certificate TLS refused, and why: such a caller never reaches a
 * service of ours that could say it.
 */
final class LoggedTrust extends X509ExtendedTrustManager {

  private static final Logger LOG = LoggerFactory.getLogger(LoggedTrust.class);
  private static final Integer URI = 6; // of GeneralName, RFC 5280 section 4.2.1.6

  private final X509ExtendedTrustManager judge;

  LoggedTrust(X509ExtendedTrustManager judge) {
    this.judge = judge;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    logged(chain, () -> judge.checkClientTrusted(chain, authType, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    logged(chain, () -> judge.checkClientTrusted(chain, authType, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    logged(chain, () -> judge.checkClientTrusted(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }

  @FunctionalInterface
  private interface Check {
    void run() throws CertificateException;
  }

  private static void logged(X509Certificate[] chain, Check check) throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      LOG.info(
          "identity refused identity={} reason={} serial={}",
          claimed(chain[0]),
          reason(e),
          chain[0].getSerialNumber().toString(16));
      throw e;
    }
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
