package io.mooring.testkit.identity;

import io.mooring.identity.Pem;
import io.mooring.identity.ca.CertificateAuthorityException;
import io.mooring.identity.ca.SigningKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;

/** A signing key that is in everybody's hands: for tests alone. Thread-safe. */
final class KnownKey implements SigningKey {

  /** A root of {@code spiffe://cluster.local}, 2025-12-31 to 2035-12-30. */
  private static final String ROOT =
      """
      -----BEGIN CERTIFICATE-----
      MIIB6TCCAY6gAwIBAgIRAJpPrqu7Dexcj4rT50xJBuYwCgYIKoZIzj0EAwIwQjEQ
      MA4GA1UECgwHTW9vcmluZzEuMCwGA1UEAwwlcm9vdCA5YTRmYWVhYmJiMGRlYzVj
      OGY4YWQzZTc0YzQ5MDZlNjAeFw0yNTEyMzEyMzU4MDBaFw0zNTEyMzAwMDAwMDBa
      MEIxEDAOBgNVBAoMB01vb3JpbmcxLjAsBgNVBAMMJXJvb3QgOWE0ZmFlYWJiYjBk
      ZWM1YzhmOGFkM2U3NGM0OTA2ZTYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASl
      Eu6euwtIz1NRdohEFHfsT0qEqGuIHEtirrocZU1EkV87yhx/a31z7NrUhwsVBfEW
      5RCNSdcVqC6R3s4oV0VAo2UwYzAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQE
      AwIBBjAdBgNVHQ4EFgQUF+xYd4aOlbalwgbBmsduEVyZb/UwIQYDVR0RBBowGIYW
      c3BpZmZlOi8vY2x1c3Rlci5sb2NhbDAKBggqhkjOPQQDAgNJADBGAiEApy/+OYDl
      /JU5ucPvDLjB6Z7qGy/u2nJgskCBpcdZmegCIQDn2O9E5X+Kw09DJ6rUc2z571Gg
      QFa9LLi6H1v9bDEKjQ==
      -----END CERTIFICATE-----
      """;

  private static final String KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIGTAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBHkwdwIBAQQg1g1Pnz34fUpUK8IR
      zwIE46TGG+3otBFQL+2fcEhQ6HqgCgYIKoZIzj0DAQehRANCAASlEu6euwtIz1NR
      dohEFHfsT0qEqGuIHEtirrocZU1EkV87yhx/a31z7NrUhwsVBfEW5RCNSdcVqC6R
      3s4oV0VA
      -----END PRIVATE KEY-----
      """;

  private final X509Certificate root = Pem.certificates(ROOT).get(0);
  private final PrivateKey privateKey = privateKey();

  X509Certificate root() {
    return root;
  }

  @Override
  public PublicKey publicKey() {
    return root.getPublicKey();
  }

  @Override
  public String algorithm() {
    return "SHA256withECDSA";
  }

  @Override
  public byte[] sign(byte[] content) {
    try {
      Signature signature = Signature.getInstance(algorithm());
      signature.initSign(privateKey);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new CertificateAuthorityException("the known key cannot sign", e);
    }
  }

  private static PrivateKey privateKey() {
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Pem.decode("PRIVATE KEY", KEY)));
    } catch (GeneralSecurityException e) {
      throw new CertificateAuthorityException("the known key cannot be read", e);
    }
  }
}
