package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.jspecify.annotations.Nullable;

/** Encodes and signs certificates with one key, as Istio and SPIFFE want them. Thread-safe. */
final class CertificateSigner {

  private static final int SERIAL_BITS = 128;

  private final SigningKey key;
  private final AlgorithmIdentifier algorithm;
  private final SecureRandom random;
  private volatile @Nullable Issuer last;

  /** What all leaves of one issuer have in common. */
  private record Issuer(X509Certificate certificate, LeafEncoder leaves) {}

  CertificateSigner(SigningKey key, SecureRandom random) {
    this.key = key;
    this.algorithm = new DefaultSignatureAlgorithmIdentifierFinder().find(key.algorithm());
    this.random = random;
  }

  /** Returns a self-signed root whose only URI name is {@code uri}. */
  X509Certificate root(String uri, Instant notBefore, Instant notAfter) {
    BigInteger serial = serial();
    // The number keeps the names of successive roots apart: chains are built by name.
    X500Name name = new X500Name("O=Mooring,CN=root " + serial.toString(16));
    SubjectPublicKeyInfo subjectKey = subjectKey(key.publicKey().getEncoded());
    X509v3CertificateBuilder certificate =
        builder(name, serial, notBefore, notAfter, name, subjectKey);
    return sign(
        certificate,
        List.of(
            extension(Extension.basicConstraints, true, new BasicConstraints(true)),
            extension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)),
            extension(
                Extension.subjectKeyIdentifier,
                false,
                ids().createSubjectKeyIdentifier(subjectKey)),
            extension(Extension.subjectAlternativeName, false, new GeneralNames(uri(uri)))));
  }

  /** Returns a leaf that {@code issuer} vouches for; nothing is checked here. */
  X509Certificate leaf(
      SvidTemplate template, X509Certificate issuer, Instant notBefore, Instant notAfter) {
    LeafEncoder leaves = issuer(issuer).leaves();
    byte[] unsigned = leaves.unsigned(template, serial(), notBefore, notAfter);
    return Pem.certificate(leaves.signed(unsigned, key.sign(unsigned)));
  }

  /**
   * Names and identifiers of an issuer cost a tenth of an issue: those of the last one are kept.
   */
  private Issuer issuer(X509Certificate certificate) {
    Issuer known = last;
    if (known == null || !known.certificate().equals(certificate)) {
      known =
          new Issuer(
              certificate,
              new LeafEncoder(
                  algorithm,
                  X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                  issuerKeyIdentifier(certificate)));
      last = known;
    }
    return known;
  }

  /** A foreign issuer may have made its key identifier in another way than we do. */
  private static AuthorityKeyIdentifier issuerKeyIdentifier(X509Certificate issuer) {
    byte[] own = issuer.getExtensionValue(Extension.subjectKeyIdentifier.getId());
    if (own == null) {
      return ids().createAuthorityKeyIdentifier(subjectKey(issuer.getPublicKey().getEncoded()));
    }
    byte[] octets = ASN1OctetString.getInstance(own).getOctets();
    return new AuthorityKeyIdentifier(SubjectKeyIdentifier.getInstance(octets).getKeyIdentifier());
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  private BigInteger serial() {
    BigInteger serial = new BigInteger(SERIAL_BITS, random);
    return serial.signum() == 0 ? serial() : serial;
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer,
      BigInteger serial,
      Instant notBefore,
      Instant notAfter,
      X500Name subject,
      SubjectPublicKeyInfo subjectKey) {
    return new X509v3CertificateBuilder(
        issuer, serial, time(notBefore), time(notAfter), subject, subjectKey);
  }

  private static Time time(Instant instant) {
    try {
      return Time.getInstance(ASN1Primitive.fromByteArray(Der.time(instant)));
    } catch (IOException e) {
      throw new IllegalStateException("a time of ours cannot be read", e);
    }
  }

  private X509Certificate sign(X509v3CertificateBuilder certificate, List<Extension> extensions) {
    try {
      for (Extension extension : extensions) {
        certificate.addExtension(extension);
      }
      return Pem.certificate(certificate.build(new KeyContentSigner(key, algorithm)).getEncoded());
    } catch (IOException e) {
      throw new CertificateAuthorityException("a certificate cannot be encoded", e);
    }
  }

  private static Extension extension(
      ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      return Extension.create(id, critical, value);
    } catch (IOException e) {
      throw new CertificateAuthorityException("extension " + id + " cannot be encoded", e);
    }
  }

  private static SubjectPublicKeyInfo subjectKey(byte[] encoded) {
    return SubjectPublicKeyInfo.getInstance(encoded);
  }

  private static X509ExtensionUtils ids() {
    return new BcX509ExtensionUtils();
  }

  /** BouncyCastle's view of a {@link SigningKey}. Used for one certificate, by one thread. */
  private static final class KeyContentSigner implements ContentSigner {

    private final SigningKey key;
    private final AlgorithmIdentifier algorithm;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    KeyContentSigner(SigningKey key, AlgorithmIdentifier algorithm) {
      this.key = key;
      this.algorithm = algorithm;
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return algorithm;
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      return key.sign(content.toByteArray());
    }
  }
}
