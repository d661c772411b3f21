package io.mooring.identity.ca;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECKey;

/** A key that a JCA provider signs with: EC or RSA. Thread-safe. */
final class LocalSigningKey implements SigningKey {

  private final PrivateKey privateKey;
  private final PublicKey publicKey;
  private final String algorithm;
  private final SecureRandom random;
  private final Provider provider;

  LocalSigningKey(PrivateKey privateKey, PublicKey publicKey, SecureRandom random) {
    this(privateKey, publicKey, random, Cryptography.BOUNCY_CASTLE);
  }

  LocalSigningKey(
      PrivateKey privateKey, PublicKey publicKey, SecureRandom random, Provider provider) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.random = random;
    this.provider = provider;
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
      Signature signature = Signature.getInstance(algorithm, provider);
      signature.initSign(privateKey, random);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException | ProviderException e) {
      throw new CertificateAuthorityException("CA key cannot sign with " + algorithm, e);
    }
  }

  @Override
  public String toString() {
    return "LocalSigningKey[" + algorithm + "]";
  }
}
