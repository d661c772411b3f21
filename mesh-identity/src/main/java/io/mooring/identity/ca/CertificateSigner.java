package io.mooring.identity.ca;

import io.mooring.identity.Pem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
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
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/** Encodes and signs certificates with one key, as Istio and SPIFFE want them. Thread-safe. */
final class CertificateSigner {

  private static final int SERIAL_BITS = 128;

  private final SigningKey key;
  private final SecureRandom random;

  CertificateSigner(SigningKey key, SecureRandom random) {
    this.key = key;
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
    X509v3CertificateBuilder certificate =
        builder(
            X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
            serial(),
            notBefore,
            notAfter,
            new X500Name(""),
            subjectKey);
    return sign(
        certificate,
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
                    })),
            extension(Extension.authorityKeyIdentifier, false, issuerKeyIdentifier(issuer)),
            extension(
                Extension.subjectKeyIdentifier,
                false,
                ids().createSubjectKeyIdentifier(subjectKey)),
            // Critical, since there is no subject (RFC 5280 4.2.1.6).
            extension(Extension.subjectAlternativeName, true, names(template))));
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
        issuer, serial, Date.from(notBefore), Date.from(notAfter), subject, subjectKey);
  }

  private X509Certificate sign(X509v3CertificateBuilder certificate, List<Extension> extensions) {
    try {
      for (Extension extension : extensions) {
        certificate.addExtension(extension);
      }
      return Pem.certificate(certificate.build(new KeyContentSigner(key)).getEncoded());
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
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    KeyContentSigner(SigningKey key) {
      this.key = key;
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return new DefaultSignatureAlgorithmIdentifierFinder().find(key.algorithm());
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
