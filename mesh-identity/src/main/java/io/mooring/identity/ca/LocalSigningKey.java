package io.mooring.identity.ca;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECKey;

/** A CA's private key in memory: EC or RSA. Thread-safe. */
final class LocalSigningKey implements SigningKey {

  private final PrivateKey privateKey;
  private final PublicKey publicKey;
  private final String algorithm;
  private final SecureRandom random;

  LocalSigningKey(PrivateKey privateKey, PublicKey publicKey, SecureRandom random) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.random = random;
    this.algorithm = algorithmFor(publicKey);
  }

  private static String algorithmFor(PublicKey key) {
    if (!(key instanceof ECKey ec)) {
      return "SHA256withRSA";
    }
    return ec.getParams().getOrder().bitLength() > 256 ? "SHA384withECDSA" : "SHA256withECDSA";
  }

  @Override
  public PublicKey publicKey() {
    return publicKey;
  }

  @Override
  public String algorithm() {
    return algorithm;
  }

  @Override
  public byte[] sign(byte[] content) {
    try {
      Signature signature = Signature.getInstance(algorithm, BouncyCastle.PROVIDER);
      signature.initSign(privateKey, random);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new CertificateAuthorityException("CA key cannot sign with " + algorithm, e);
    }
  }

  @Override
  public String toString() {
    return "LocalSigningKey[" + algorithm + "]";
  }
}
