package io.mooring.identity.attest.jwt;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The signing keys of a JWK set (RFC 7517) by their ids. Immutable. */
final class Jwks {

  private static final int MAX_KEYS = 100;
  private static final int MIN_RSA_BITS = 2048; // RFC 7518 3.3

  private final Map<String, JWK> keysById;

  private Jwks(Map<String, JWK> keysById) {
    this.keysById = keysById;
  }

  /** Throws IllegalArgumentException unless there is a key that a token can be verified with. */
  static Jwks parse(String text) {
    JWKSet set;
    try {
      set = JWKSet.parse(text);
    } catch (ParseException | RuntimeException e) {
      throw new IllegalArgumentException(
          "no JWK set in " + text.length() + " characters: " + e.getMessage(), e);
    }
    Map<String, JWK> keysById = new TreeMap<>();
    for (JWK key : set.getKeys()) {
      if (isForSignatures(key) && keysById.putIfAbsent(key.getKeyID(), key) != null) {
        throw new IllegalArgumentException("JWK set has two keys '" + key.getKeyID() + "'");
      }
    }
    if (keysById.isEmpty() || keysById.size() > MAX_KEYS) {
      throw new IllegalArgumentException(
          "JWK set with "
              + keysById.size()
              + " signing keys (expected: 1 to "
              + MAX_KEYS
              + ", RSA of 2048 bits or EC, each with a kid)");
    }
    return new Jwks(keysById);
  }

  private static boolean isForSignatures(JWK key) {
    boolean usable =
        key instanceof ECKey || (key instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS);
    return usable
        && key.getKeyID() != null
        && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE));
  }

  Optional<JWK> find(String keyId) {
    return Optional.ofNullable(keysById.get(keyId));
  }
}
