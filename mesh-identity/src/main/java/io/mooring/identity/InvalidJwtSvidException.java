package io.mooring.identity;

/** Thrown for a token that is no JWT-SVID, or one that is not valid here and now. */
public final class InvalidJwtSvidException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  InvalidJwtSvidException(String message) {
    super(message);
  }

  InvalidJwtSvidException(String message, Throwable cause) {
    super(message, cause);
  }
}
