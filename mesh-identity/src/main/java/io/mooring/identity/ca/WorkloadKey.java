package io.mooring.identity.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;

/** Makes the key pairs of workloads and servers: P-256. Stateless. */
public final class WorkloadKey {

  private WorkloadKey() {}

  /** Returns a new key pair; its private key is one of the JDK's, so that Java's TLS takes it. */
  public static KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new CertificateAuthorityException("no P-256 key can be made", e);
    }
  }
}
