package io.mooring.identity.ca;

import static java.util.Objects.requireNonNull;

import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;

/**
 * SPI: a CA's private key, wherever it is (memory, PKCS#11, a key service). Thread-safe; its text
 * never has the key.
 */
public interface SigningKey {

  /**
   * Returns a key that a JCA provider signs with: in memory, or in a PKCS#11 token or key service
   * whose provider gives out handles alone. The private key is never asked for its encoding.
   *
   * @param privateKey {@code provider}'s own
   * @param publicKey P-256, P-384 or RSA
   * @param provider signs, with SHA-384 for P-384 and SHA-256 for the others
   * @param random for signatures, where the provider wants some
   */
  static SigningKey of(
      PrivateKey privateKey, PublicKey publicKey, Provider provider, SecureRandom random) {
    return new LocalSigningKey(
        requireNonNull(privateKey, "privateKey"),
        requireNonNull(publicKey, "publicKey"),
        requireNonNull(random, "random"),
        requireNonNull(provider, "provider"));
  }

  /** Returns the public half. */
  PublicKey publicKey();

  /** Returns the JCA name of the signatures, e.g. {@code SHA256withECDSA}. */
  String algorithm();

  /**
   * Returns the signature of {@code content}, encoded as X.509 has it.
   *
   * @throws CertificateAuthorityException if the key cannot be used now; nothing was signed
   */
  byte[] sign(byte[] content);
}
