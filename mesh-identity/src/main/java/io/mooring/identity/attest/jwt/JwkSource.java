package io.mooring.identity.attest.jwt;

import com.nimbusds.jose.jwk.JWK;
import java.util.Optional;

/** The keys with which an issuer signs tokens. Thread-safe. */
@FunctionalInterface
public interface JwkSource {

  /**
   * Returns the key with this id.
   *
   * @throws JwksUnavailableException if the keys were never read, and cannot be now
   */
  Optional<JWK> find(String keyId);

  /**
   * Returns the keys of a JWK set.
   *
   * @throws IllegalArgumentException if it is none
   */
  static JwkSource of(String jwkSet) {
    return Jwks.parse(jwkSet)::find;
  }
}
