package io.mooring.identity.ca;

import java.security.PublicKey;

/**
 * SPI: a CA's private key, wherever it is (memory, PKCS#11, a key service). Thread-safe; its text
 * never has the key.
 */
public interface SigningKey {

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
