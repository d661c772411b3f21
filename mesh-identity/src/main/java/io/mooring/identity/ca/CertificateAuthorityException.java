package io.mooring.identity.ca;

/**
 * Thrown when a CA cannot issue: its key or its certificate is unusable, or its output is wrong.
 */
public final class CertificateAuthorityException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; {@code message} has no secret. */
  public CertificateAuthorityException(String message) {
    super(message);
  }

  /** Creates the exception; neither {@code message} nor {@code cause} has a secret. */
  public CertificateAuthorityException(String message, Throwable cause) {
    super(message, cause);
  }
}
