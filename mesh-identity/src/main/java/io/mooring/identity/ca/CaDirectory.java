package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import io.mooring.identity.storage.PrivateDirectory;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The files of a local CA. Used once, by one thread.
 *
 * <p>The key pair is written before the root. A key without a root is what a crash between the two
 * leaves: nothing was signed with it, so it is replaced. A root without a key is a loss that only
 * an operator can mend.
 */
final class CaDirectory {

  private static final String KEY = "ca-key.pem";
  private static final String CERTIFICATE = "ca-cert.pem";
  private static final String KEY_LABEL = "PRIVATE KEY";
  private static final Duration ROOT_LIFETIME = Duration.ofDays(3650); // Istio's

  private final Path path;
  private final TrustDomain trustDomain;
  private final InstantSource clock;
  private final SecureRandom random;

  CaDirectory(Path path, TrustDomain trustDomain, InstantSource clock, SecureRandom random) {
    this.path = path;
    this.trustDomain = trustDomain;
    this.clock = clock;
    this.random = random;
  }

  LocalCertificateAuthority open() throws IOException {
    PrivateDirectory directory = PrivateDirectory.open(path);
    Optional<byte[]> certificate = directory.read(CERTIFICATE);
    Optional<byte[]> key = directory.read(KEY);
    if (certificate.isEmpty()) {
      return create(directory);
    }
    if (key.isEmpty()) {
      throw new IOException(
          path.resolve(KEY)
              + " is missing beside "
              + CERTIFICATE
              + " (expected: both; restore the key, or move the certificate away for a new CA)");
    }
    try {
      return load(text(certificate.get()), text(key.get()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("unusable CA in " + path + ": " + e.getMessage(), e);
    }
  }

  private LocalCertificateAuthority create(PrivateDirectory directory) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BouncyCastle.PROVIDER);
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair keys = generator.generateKeyPair();
      LocalSigningKey key = new LocalSigningKey(keys.getPrivate(), keys.getPublic(), random);
      Instant now = clock.instant();
      X509Certificate root =
          new CertificateSigner(key, random)
              .root(
                  "spiffe://" + trustDomain,
                  now.minus(LocalCertificateAuthority.BACKDATE),
                  now.plus(ROOT_LIFETIME));
      LocalCertificateAuthority authority =
          new LocalCertificateAuthority(trustDomain, root, key, clock, random);
      probe(authority, keys.getPublic());
      directory.write(KEY, Pem.bytes(Pem.encode(KEY_LABEL, keys.getPrivate().getEncoded())));
      directory.write(CERTIFICATE, Pem.bytes(Pem.encode(List.of(root))));
      return authority;
    } catch (GeneralSecurityException e) {
      throw new CertificateAuthorityException("no P-256 key can be made", e);
    }
  }

  /** Signs a leaf and throws it away: SPIFFE allows trust domains that Java's TLS cannot read. */
  private void probe(LocalCertificateAuthority authority, PublicKey key) {
    try {
      authority.issue(
          SvidTemplate.builder()
              .id(new SpiffeId(trustDomain, "/probe"))
              .publicKey(key)
              .ttl(Duration.ofHours(1))
              .build());
    } catch (CertificateAuthorityException e) {
      throw new IllegalArgumentException(
          "trust domain '"
              + trustDomain
              + "' (expected: one that Java's TLS can read in a certificate, e.g. no final dot)",
          e);
    }
  }

  private LocalCertificateAuthority load(String certificatePem, String keyPem)
      throws GeneralSecurityException {
    List<X509Certificate> certificates = Pem.certificates(certificatePem);
    X509Certificate root = certificates.get(0);
    if (certificates.size() != 1) {
      throw new IllegalArgumentException(
          CERTIFICATE + " has " + certificates.size() + " certificates (expected: one)");
    }
    String expected = "spiffe://" + trustDomain;
    if (root.getSubjectAlternativeNames() == null
        || root.getSubjectAlternativeNames().stream()
            .noneMatch(name -> expected.equals(name.get(1)))) {
      throw new IllegalArgumentException(
          CERTIFICATE
              + " has names "
              + root.getSubjectAlternativeNames()
              + " (expected: '"
              + expected
              + "', the configured trust domain)");
    }
    PublicKey publicKey =
        KeyFactory.getInstance(root.getPublicKey().getAlgorithm(), BouncyCastle.PROVIDER)
            .generatePublic(new X509EncodedKeySpec(root.getPublicKey().getEncoded()));
    LocalSigningKey key = LocalSigningKey.decode(Pem.decode(KEY_LABEL, keyPem), publicKey, random);
    checkPair(key);
    return new LocalCertificateAuthority(trustDomain, root, key, clock, random);
  }

  private static void checkPair(SigningKey key) throws GeneralSecurityException {
    byte[] probe = "does the key belong to the certificate?".getBytes(StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance(key.algorithm(), BouncyCastle.PROVIDER);
    signature.initVerify(key.publicKey());
    signature.update(probe);
    if (!signature.verify(key.sign(probe))) {
      throw new IllegalArgumentException(KEY + " is not the key of " + CERTIFICATE);
    }
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.US_ASCII);
  }
}
