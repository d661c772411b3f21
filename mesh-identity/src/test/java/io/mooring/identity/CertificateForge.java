package io.mooring.identity;

import io.mooring.testkit.FakeClock;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates that our own CA never would. Not thread-safe. */
public final class CertificateForge {

  private static final KeyPair ROOT_KEYS = keys();
  private static final KeyPair LEAF_KEYS = keys();

  private final List<String> uris = new ArrayList<>();
  private KeyPair signer = ROOT_KEYS;
  private String issuer = "CN=forged root";
  private Instant notBefore = FakeClock.START.minus(Duration.ofMinutes(1));
  private Instant notAfter = FakeClock.START.plus(Duration.ofHours(1));
  private boolean ca;
  private int pathLength = Integer.MAX_VALUE;
  private int keyUsage = KeyUsage.digitalSignature;
  private boolean keyUsageCritical = true;
  private String subject = "";
  private String permitted = "";

  public static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair rootKeys() {
    return ROOT_KEYS;
  }

  /** Returns the keys of every leaf and intermediate. */
  static KeyPair leafKeys() {
    return LEAF_KEYS;
  }

  public static X509Certificate root() {
    return root("");
  }

  /** Returns a root; {@code permitted} constrains URI names, empty does not. */
  public static X509Certificate root(String permitted) {
    try {
      X509v3CertificateBuilder root =
          new X509v3CertificateBuilder(
              new X500Name("CN=forged root"),
              BigInteger.ONE,
              Date.from(FakeClock.START.minus(Duration.ofDays(1))),
              Date.from(FakeClock.START.plus(Duration.ofDays(1))),
              new X500Name("CN=forged root"),
              SubjectPublicKeyInfo.getInstance(ROOT_KEYS.getPublic().getEncoded()));
      root.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      root.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      constrain(root, permitted);
      return Pem.certificate(
          root.build(new JcaContentSignerBuilder("SHA256withECDSA").build(ROOT_KEYS.getPrivate()))
              .getEncoded());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void constrain(X509v3CertificateBuilder certificate, String permitted)
      throws IOException {
    if (!permitted.isEmpty()) {
      GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, permitted);
      certificate.addExtension(
          Extension.nameConstraints,
          true,
          new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(name)}, null));
    }
  }

  public CertificateForge uri(String uri) {
    uris.add(uri);
    return this;
  }

  public CertificateForge signedBy(KeyPair keys) {
    signer = keys;
    return this;
  }

  public CertificateForge issuer(String name) {
    issuer = name;
    return this;
  }

  public CertificateForge validity(Instant from, Instant to) {
    notBefore = from;
    notAfter = to;
    return this;
  }

  public CertificateForge ca() {
    ca = true;
    return this;
  }

  /** Makes it a CA with at most {@code longest} further CAs below it. */
  public CertificateForge pathLength(int longest) {
    pathLength = longest;
    return ca();
  }

  /** Makes it a CA for URI names below {@code host} alone. */
  public CertificateForge permitting(String host) {
    permitted = host;
    return ca();
  }

  /** Sets the key usage bits of {@link KeyUsage}; 0 leaves the extension out. */
  public CertificateForge keyUsage(int bits) {
    keyUsage = bits;
    return this;
  }

  public CertificateForge keyUsageNotCritical() {
    keyUsageCritical = false;
    return this;
  }

  public CertificateForge subject(String name) {
    subject = name;
    return this;
  }

  /** Returns a forge of leaves under an intermediate {@code CN=mid} that another forge makes. */
  static CertificateForge underLeafKey() {
    return new CertificateForge().signedBy(LEAF_KEYS).issuer("CN=mid");
  }

  public X509Certificate forge() {
    try {
      X509v3CertificateBuilder leaf =
          new X509v3CertificateBuilder(
              new X500Name(issuer),
              BigInteger.TWO,
              Date.from(notBefore),
              Date.from(notAfter),
              new X500Name(uris.isEmpty() ? "CN=nobody" : subject), // the JDK refuses neither
              SubjectPublicKeyInfo.getInstance(LEAF_KEYS.getPublic().getEncoded()));
      leaf.addExtension(
          Extension.basicConstraints,
          true,
          pathLength < Integer.MAX_VALUE
              ? new BasicConstraints(pathLength)
              : new BasicConstraints(ca));
      if (keyUsage != 0) {
        leaf.addExtension(Extension.keyUsage, keyUsageCritical, new KeyUsage(keyUsage));
      }
      constrain(leaf, permitted);
      if (!uris.isEmpty()) {
        leaf.addExtension(
            Extension.subjectAlternativeName,
            true,
            new GeneralNames(
                uris.stream()
                    .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                    .toArray(GeneralName[]::new)));
      }
      return Pem.certificate(
          leaf.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))
              .getEncoded());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
