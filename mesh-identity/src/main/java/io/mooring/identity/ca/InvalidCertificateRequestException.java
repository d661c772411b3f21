package io.mooring.identity.ca;

/** Thrown for a certificate request that is malformed, unproved, too weak or asks for too much. */
public final class InvalidCertificateRequestException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  InvalidCertificateRequestException(String message) {
    super(message);
  }

  InvalidCertificateRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
