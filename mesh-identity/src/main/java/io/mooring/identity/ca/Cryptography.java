package io.mooring.identity.ca;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Signatures by one JCA provider, and by BouncyCastle for the kinds of key that it lacks.
 * Thread-safe; nothing of a key stays in it.
 */
final class Cryptography {

  private static final Map<String, Set<String>> SIGNATURES_BY_KEY =
      Map.of(
          "EC", Set.of("SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA"),
          "RSA", Set.of("SHA256withRSA", "SHA384withRSA", "SHA512withRSA"));

  /** One instance, never registered with the JVM. */
  static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  static final Cryptography DEFAULT = new Cryptography(BOUNCY_CASTLE);

  private final Provider ec;
  private final Provider rsa;

  Cryptography(Provider provider) {
    this.ec = supports(provider, "EC") ? provider : BOUNCY_CASTLE;
    this.rsa = supports(provider, "RSA") ? provider : BOUNCY_CASTLE;
  }

  private static boolean supports(Provider provider, String kind) {
    return provider.getService("KeyFactory", kind) != null
        && SIGNATURES_BY_KEY.getOrDefault(kind, Set.of()).stream()
            .allMatch(name -> provider.getService("Signature", name) != null);
  }

  /** Returns the provider's own kind of a key, which it need not translate at each use. */
  PublicKey own(PublicKey key) {
    try {
      return publicKey(kind(key.getAlgorithm()), key.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("key of '" + key.getAlgorithm() + "' is unreadable", e);
    }
  }

  PublicKey publicKey(String kind, byte[] encoded) throws GeneralSecurityException {
    return KeyFactory.getInstance(kind, provider(kind))
        .generatePublic(new X509EncodedKeySpec(encoded));
  }

  PrivateKey privateKey(String kind, byte[] encoded) throws GeneralSecurityException {
    return KeyFactory.getInstance(kind, provider(kind))
        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  /** Returns whether it is one; a signature that is no signature at all may throw instead. */
  boolean verify(String algorithm, PublicKey key, byte[] content, byte[] signed)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm, provider(kind(key.getAlgorithm())));
    signature.initVerify(key);
    signature.update(content);
    return signature.verify(signed);
  }

  /** Returns the name of a kind of key that every provider knows: BouncyCastle also says ECDSA. */
  static String kind(String algorithm) {
    return algorithm.equals("RSA") ? "RSA" : "EC";
  }

  Provider provider(String kind) {
    return kind.equals("RSA") ? rsa : ec;
  }

  @Override
  public String toString() {
    return "Cryptography[ec=" + ec.getName() + ", rsa=" + rsa.getName() + "]";
  }
}
