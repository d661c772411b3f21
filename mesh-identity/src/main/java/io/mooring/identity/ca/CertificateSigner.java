package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
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
  private static final int TYPICAL_BYTES = 1024; // of what is signed of a leaf

  private static final int FIRST_GENERALIZED_YEAR = 2050;
  private static final DateTimeFormatter UTC_TIME = formatter("yyMMddHHmmss'Z'");
  private static final DateTimeFormatter GENERALIZED_TIME = formatter("yyyyMMddHHmmss'Z'");
  private static final X500Name NOBODY = new X500Name("");
  private static final List<Extension> LEAF_EXTENSIONS =
      List.of(
          extension(Extension.basicConstraints, true, new BasicConstraints(false)),
          extension(
              Extension.keyUsage,
              true,
              new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment)),
          extension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(
                  new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                  })));

  private final SigningKey key;
  private final AlgorithmIdentifier algorithm;
  private final SecureRandom random;
  private volatile @Nullable Issuer last;

  /** What all leaves of one issuer have in common. */
  private record Issuer(X509Certificate certificate, X500Name name, Extension keyIdentifier) {}

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
    SubjectPublicKeyInfo subjectKey = subjectKey(template.publicKey().getEncoded());
    Issuer above = issuer(issuer);
    List<Extension> extensions = new ArrayList<>(LEAF_EXTENSIONS);
    extensions.add(above.keyIdentifier());
    extensions.add(
        extension(
            Extension.subjectKeyIdentifier, false, ids().createSubjectKeyIdentifier(subjectKey)));
    // Critical, since there is no subject (RFC 5280 4.2.1.6).
    extensions.add(extension(Extension.subjectAlternativeName, true, names(template)));
    return sign(
        builder(above.name(), serial(), notBefore, notAfter, NOBODY, subjectKey), extensions);
  }

  /**
   * Names and identifiers of an issuer cost a tenth of an issue: those of the last one are kept.
   */
  private Issuer issuer(X509Certificate certificate) {
    Issuer known = last;
    if (known == null || known.certificate() != certificate) {
      known =
          new Issuer(
              certificate,
              X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
              extension(Extension.authorityKeyIdentifier, false, issuerKeyIdentifier(certificate)));
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

  private static GeneralNames names(SvidTemplate template) {
    List<GeneralName> names = new ArrayList<>();
    names.add(uri(template.id().toString()));
    template.dnsNames().forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    template
        .ipAddresses()
        .forEach(
            ip ->
                names.add(
                    new GeneralName(GeneralName.iPAddress, new DEROctetString(ip.getAddress()))));
    return new GeneralNames(names.toArray(GeneralName[]::new));
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

  /**
   * RFC 5280 4.1.2.5: UTCTime up to 2049. Encoded here: BouncyCastle goes by way of date formats,
   * which cost a twentieth of an issue.
   */
  private static Time time(Instant instant) {
    boolean late = instant.atOffset(ZoneOffset.UTC).getYear() >= FIRST_GENERALIZED_YEAR;
    byte[] text =
        (late ? GENERALIZED_TIME : UTC_TIME).format(instant).getBytes(StandardCharsets.US_ASCII);
    byte[] der = new byte[text.length + 2];
    der[0] = (byte) (late ? BERTags.GENERALIZED_TIME : BERTags.UTC_TIME);
    der[1] = (byte) text.length;
    System.arraycopy(text, 0, der, 2, text.length);
    try {
      return Time.getInstance(ASN1Primitive.fromByteArray(der));
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

  private static DateTimeFormatter formatter(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
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
    private final ByteArrayOutputStream content = new ByteArrayOutputStream(TYPICAL_BYTES);

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
