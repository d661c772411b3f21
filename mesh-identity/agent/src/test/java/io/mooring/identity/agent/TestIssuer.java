package io.mooring.identity.agent;

import io.mooring.identity.Pem;
import io.mooring.identity.TrustBundle;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root that signs whatever a test asks for, good or bad. */
public final class TestIssuer {

  public static final TrustDomain DOMAIN = new TrustDomain("cluster.local");
  public static final SpiffeId RATINGS = DOMAIN.workload("demo", "ratings");
  public static final SpiffeId CONTROL_PLANE = DOMAIN.workload("mooring", "control-plane");

  private final KeyPair key = newKey();
  private final AtomicLong serials = new AtomicLong(1);
  private final X509Certificate root;

  public TestIssuer(Instant now) {
    this.root = sign(key.getPublic(), "", true, now, now.plus(Duration.ofDays(3650)));
  }

  public TrustBundle bundle() {
    return new TrustBundle(DOMAIN, List.of(root));
  }

  public X509Certificate root() {
    return root;
  }

  /** Returns a leaf with one URI name, or with none if {@code uri} is empty. */
  public X509Certificate leaf(PublicKey subject, String uri, Instant from, Instant to) {
    return sign(subject, uri, false, from, to);
  }

  /** Returns the reply of a well-behaved control plane. */
  public List<String> reply(X509Certificate leaf) {
    return List.of(Pem.encode(List.of(leaf)), Pem.encode(List.of(root)));
  }

  private X509Certificate sign(
      PublicKey subject, String uri, boolean ca, Instant from, Instant to) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal("O=Test"),
              BigInteger.valueOf(serials.getAndIncrement()),
              Date.from(from),
              Date.from(to),
              new X500Principal(ca ? "O=Test" : "CN=leaf"),
              subject);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(ca ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
      if (!uri.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            true,
            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
      }
      return Pem.certificate(
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
