package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A company's PKI: a root, an intermediate for the mesh, and the files that Istio plugs in. */
final class Cacerts {

  final KeyPair rootKeys;
  final KeyPair keys;
  final X509Certificate root;
  X509Certificate intermediate;
  private final Instant now;

  Cacerts(KeyPair rootKeys, KeyPair keys, Instant now) {
    this.rootKeys = rootKeys;
    this.keys = keys;
    this.now = now;
    this.root = ca("CN=company root", "CN=company root", rootKeys, "", Duration.ofDays(3650), 9);
    this.intermediate = mesh("", Duration.ofDays(365), 0);
  }

  static Cacerts ec(Instant now) {
    return new Cacerts(Csr.ec("secp256r1"), Csr.ec("secp384r1"), now);
  }

  static KeyPair rsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns an intermediate; {@code permitted} constrains URI names, empty does not. */
  X509Certificate mesh(String permitted, Duration lifetime, int pathLength) {
    return ca("CN=company root", "CN=mesh", keys, permitted, lifetime, pathLength);
  }

  private X509Certificate ca(
      String issuer,
      String subject,
      KeyPair subjectKeys,
      String permitted,
      Duration lifetime,
      int pathLength) {
    try {
      X509v3CertificateBuilder ca =
          new X509v3CertificateBuilder(
              new X500Name(issuer),
              new BigInteger(64, new SecureRandom()),
              Date.from(now.minus(Duration.ofDays(1))),
              Date.from(now.plus(lifetime)),
              new X500Name(subject),
              SubjectPublicKeyInfo.getInstance(subjectKeys.getPublic().getEncoded()));
      ca.addExtension(
          Extension.basicConstraints,
          true,
          pathLength < 0 ? new BasicConstraints(false) : new BasicConstraints(pathLength));
      ca.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      ca.addExtension(Extension.subjectKeyIdentifier, false, identifier(subjectKeys));
      ca.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(identifier(rootKeys).getKeyIdentifier()));
      ca.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, "istiod.istio-system.svc")));
      if (!permitted.isEmpty()) {
        GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, permitted);
        ca.addExtension(
            Extension.nameConstraints,
            true,
            new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(name)}, null));
      }
      String algorithm =
          rootKeys.getPublic().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      return Pem.certificate(
          ca.build(new JcaContentSignerBuilder(algorithm).build(rootKeys.getPrivate()))
              .getEncoded());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Not the usual way to make one: whoever computes it anew instead of reading it is found out. */
  private static SubjectKeyIdentifier identifier(KeyPair keys) {
    return new BcX509ExtensionUtils()
        .createTruncatedSubjectKeyIdentifier(
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
  }

  CaChain chain() {
    return new CaChain(intermediate, List.of(), List.of(root));
  }

  /** Writes Istio's four files; the key as {@code keyPem}. */
  Path write(Path directory, String keyPem) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(directory.resolve("root-cert.pem"), Pem.encode(List.of(root)));
    Files.writeString(directory.resolve("ca-cert.pem"), Pem.encode(List.of(intermediate)));
    Files.writeString(directory.resolve("cert-chain.pem"), Pem.encode(List.of(intermediate, root)));
    Path key = directory.resolve("ca-key.pem");
    Files.writeString(key, keyPem);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return directory;
  }

  Path write(Path directory) throws IOException {
    return write(directory, Pem.encode("PRIVATE KEY", keys.getPrivate().getEncoded()));
  }
}
