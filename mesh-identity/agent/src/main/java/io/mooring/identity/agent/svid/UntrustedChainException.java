package io.mooring.identity.agent.svid;

import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** Thrown for a certificate chain that is not what was expected; the message says in what. */
public final class UntrustedChainException extends CertificateException {

  private static final long serialVersionUID = 1L;

  UntrustedChainException(String message) {
    super(message);
  }

  UntrustedChainException(String message, Throwable cause) {
    super(message, cause);
  }

  UntrustedChainException(CertificateException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }

  /** Returns the refusal that {@code failure} was caused by, or null. */
  static @Nullable UntrustedChainException in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UntrustedChainException untrusted) {
        return untrusted;
      }
    }
    return null;
  }
}
