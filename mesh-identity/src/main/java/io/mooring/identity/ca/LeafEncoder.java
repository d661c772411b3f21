package io.mooring.identity.ca;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.Arrays;

/**
 * Encodes the leaves of one issuer: what they have in common is encoded once. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-4.1">RFC 5280 4.1</a>
 */
final class LeafEncoder {

  private static final byte[] VERSION_3 =
      Der.element(0xa0, Der.element(Der.INTEGER, new byte[] {2}));
  private static final byte[] TRUE = Der.element(Der.BOOLEAN, new byte[] {(byte) 0xff});
  private static final byte[] NO_SUBJECT = Der.element(Der.SEQUENCE);
  private static final byte[] SUBJECT_KEY_IDENTIFIER = encoded(Extension.subjectKeyIdentifier);
  private static final byte[] NAMES = encoded(Extension.subjectAlternativeName);
  private static final int EXTENSIONS = 0xa3;
  private static final int DNS_NAME = 0x82; // RFC 5280 4.2.1.6, GeneralName
  private static final int URI = 0x86;
  private static final int IP_ADDRESS = 0x87;

  private final byte[] algorithm;
  private final byte[] issuer;
  private final byte[] commonExtensions;

  LeafEncoder(AlgorithmIdentifier algorithm, X500Name issuer, AuthorityKeyIdentifier issuerKey) {
    this.algorithm = encoded(algorithm);
    this.issuer = encoded(issuer);
    this.commonExtensions =
        Arrays.concatenate(
            new byte[][] {
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
              extension(Extension.authorityKeyIdentifier, false, issuerKey)
            });
  }

  /** Returns what is to be signed. */
  byte[] unsigned(SvidTemplate template, BigInteger serial, Instant notBefore, Instant notAfter) {
    byte[] subjectKey = template.publicKey().getEncoded();
    return Der.element(
        Der.SEQUENCE,
        VERSION_3,
        Der.element(Der.INTEGER, serial.toByteArray()),
        algorithm,
        issuer,
        Der.element(Der.SEQUENCE, Der.time(notBefore), Der.time(notAfter)),
        NO_SUBJECT,
        subjectKey,
        Der.element(
            EXTENSIONS,
            Der.element(
                Der.SEQUENCE,
                commonExtensions,
                keyIdentifier(subjectKey),
                // Critical, since there is no subject (RFC 5280 4.2.1.6).
                Der.element(
                    Der.SEQUENCE, NAMES, TRUE, Der.element(Der.OCTET_STRING, names(template))))));
  }

  /** Returns the certificate. */
  byte[] signed(byte[] unsigned, byte[] signature) {
    return Der.element(Der.SEQUENCE, unsigned, algorithm, Der.bitString(signature));
  }

  /** RFC 5280 4.2.1.2, method 1: names a key, protects nothing. */
  private static byte[] keyIdentifier(byte[] subjectKey) {
    try {
      byte[] identifier =
          MessageDigest.getInstance("SHA-1")
              .digest(SubjectPublicKeyInfo.getInstance(subjectKey).getPublicKeyData().getBytes());
      return Der.element(
          Der.SEQUENCE,
          SUBJECT_KEY_IDENTIFIER,
          Der.element(Der.OCTET_STRING, Der.element(Der.OCTET_STRING, identifier)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static byte[] names(SvidTemplate template) {
    List<byte[]> names = new ArrayList<>();
    names.add(Der.element(URI, ascii(template.id().toString())));
    for (String name : template.dnsNames()) {
      names.add(Der.element(DNS_NAME, ascii(name)));
    }
    for (InetAddress ip : template.ipAddresses()) {
      names.add(Der.element(IP_ADDRESS, ip.getAddress()));
    }
    return Der.element(Der.SEQUENCE, names.toArray(byte[][]::new));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] extension(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    byte[] octets = Der.element(Der.OCTET_STRING, encoded(value));
    return critical
        ? Der.element(Der.SEQUENCE, encoded(id), TRUE, octets)
        : Der.element(Der.SEQUENCE, encoded(id), octets);
  }

  private static byte[] encoded(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("a value in memory cannot be encoded", e);
    }
  }
}
