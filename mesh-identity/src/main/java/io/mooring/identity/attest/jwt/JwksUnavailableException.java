package io.mooring.identity.attest.jwt;

import org.jspecify.annotations.Nullable;

/** Thrown while the keys of an issuer are unknown: nothing it signed can be believed then. */
public final class JwksUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  JwksUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
