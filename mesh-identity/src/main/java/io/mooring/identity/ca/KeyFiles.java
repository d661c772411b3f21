package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** Private keys as PEM files, encrypted where there is a password. Thread-safe; shows no key. */
final class KeyFiles {

  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
  private static final String PLAIN = "PRIVATE KEY";
  private static final byte[] PROBE = {'p', 'r', 'o', 'b', 'e'};

  private final char[] password; // empty: keys are written as they are
  private final SecureRandom random;
  private final Cryptography cryptography;

  KeyFiles(char[] password, SecureRandom random, Cryptography cryptography) {
    this.password = password.clone();
    this.random = random;
    this.cryptography = cryptography;
  }

  static KeyFiles unencrypted(SecureRandom random) {
    return new KeyFiles(new char[0], random, Cryptography.DEFAULT);
  }

  Cryptography cryptography() {
    return cryptography;
  }

  KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", Cryptography.BOUNCY_CASTLE);
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  /** Returns the signing key of a pair, in the provider's own kind. */
  LocalSigningKey signing(KeyPair pair) throws GeneralSecurityException {
    return new LocalSigningKey(
        cryptography.privateKey("EC", pair.getPrivate().getEncoded()),
        cryptography.own(pair.getPublic()),
        random,
        cryptography.provider("EC"));
  }

  String print(PrivateKey key) {
    if (password.length == 0) {
      return Pem.encode(PLAIN, key.getEncoded());
    }
    try {
      return Pem.encode(
          ENCRYPTED,
          new PKCS8Generator(
                  PrivateKeyInfo.getInstance(key.getEncoded()),
                  new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                      .setProvider(Cryptography.BOUNCY_CASTLE)
                      .setRandom(random)
                      .setPassword(password)
                      .build())
              .generate()
              .getContent());
    } catch (OperatorCreationException | IOException e) {
      throw new CertificateAuthorityException("a private key cannot be encrypted", e);
    }
  }

  /**
   * Returns the key of {@code pem} (PKCS#8, PKCS#1 or SEC 1), which must be the private half of
   * {@code publicKey}.
   *
   * @param file names it in errors, which never quote it
   */
  LocalSigningKey parse(String file, String pem, PublicKey publicKey)
      throws GeneralSecurityException {
    PrivateKeyInfo info = info(file, pem);
    PublicKey ours = cryptography.own(publicKey);
    String kind = Cryptography.kind(ours.getAlgorithm());
    LocalSigningKey key;
    try {
      key =
          new LocalSigningKey(
              cryptography.privateKey(kind, info.getEncoded()),
              ours,
              random,
              cryptography.provider(kind));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " is unreadable", e);
    }
    requirePair(file, key);
    return key;
  }

  private PrivateKeyInfo info(String file, String pem) {
    Object content;
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      content = parser.readObject();
    } catch (IOException | RuntimeException e) {
      // The cause may quote the key: it is left out on purpose.
      throw new IllegalArgumentException(file + " is no PEM of a private key");
    }
    if (content instanceof PEMKeyPair pair) {
      return pair.getPrivateKeyInfo();
    }
    if (content instanceof PrivateKeyInfo plain) {
      return plain;
    }
    if (content instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
      return decrypted(file, encrypted);
    }
    throw new IllegalArgumentException(
        file + " has no private key (expected: PKCS#8, PKCS#1 or SEC 1)");
  }

  private PrivateKeyInfo decrypted(String file, PKCS8EncryptedPrivateKeyInfo encrypted) {
    if (password.length == 0) {
      throw new IllegalArgumentException(file + " is encrypted (expected: its password)");
    }
    try {
      return encrypted.decryptPrivateKeyInfo(
          new JceOpenSSLPKCS8DecryptorProviderBuilder()
              .setProvider(Cryptography.BOUNCY_CASTLE)
              .build(password));
    } catch (PKCSException | OperatorCreationException | RuntimeException e) {
      throw new IllegalArgumentException(file + " cannot be decrypted with this password", e);
    }
  }

  private void requirePair(String file, SigningKey key) throws GeneralSecurityException {
    if (!cryptography.verify(key.algorithm(), key.publicKey(), PROBE, key.sign(PROBE))) {
      throw new IllegalArgumentException(file + " is not the key of its certificate");
    }
  }

  @Override
  public String toString() {
    return "KeyFiles[encrypted=" + (password.length > 0) + "]";
  }
}
