package io.mooring.identity.ca;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The provider of this package's cryptography: one instance, never registered with the JVM. */
final class BouncyCastle {

  static final Provider PROVIDER = new BouncyCastleProvider();

  private BouncyCastle() {}

  /** Returns the provider's own kind of a key, which it need not translate at each use. */
  static PublicKey own(PublicKey key) {
    try {
      return KeyFactory.getInstance(key.getAlgorithm().equals("RSA") ? "RSA" : "EC", PROVIDER)
          .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("key of '" + key.getAlgorithm() + "' is unreadable", e);
    }
  }
}
