package io.mooring.identity.ca;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Which keys and signatures a request may have: P-256, P-384, RSA of 2048 to 8192 bits. Pure. */
final class KeyPolicy {

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192; // a bound for the work of one verification
  private static final BigInteger MIN_RSA_EXPONENT = BigInteger.valueOf(65_537);
  private static final int MAX_RSA_EXPONENT_BITS = 64;

  private static final Set<ASN1ObjectIdentifier> CURVES =
      Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);

  private static final Map<ASN1ObjectIdentifier, String> SIGNATURES =
      Map.of(
          X9ObjectIdentifiers.ecdsa_with_SHA256, "SHA256withECDSA",
          X9ObjectIdentifiers.ecdsa_with_SHA384, "SHA384withECDSA",
          X9ObjectIdentifiers.ecdsa_with_SHA512, "SHA512withECDSA",
          PKCSObjectIdentifiers.sha256WithRSAEncryption, "SHA256withRSA",
          PKCSObjectIdentifiers.sha384WithRSAEncryption, "SHA384withRSA",
          PKCSObjectIdentifiers.sha512WithRSAEncryption, "SHA512withRSA");

  private KeyPolicy() {}

  /** Checks what the encoding alone tells, before the key is parsed. */
  static void checkEncoding(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      int bits = key.getPublicKeyData().getBytes().length * 8;
      if (bits > MAX_RSA_BITS + 1024) { // modulus, exponent and their headers
        throw refused("RSA key encoded in " + bits + " bits");
      }
      return;
    }
    ASN1Encodable curve = key.getAlgorithm().getParameters();
    if (!algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      throw refused("key algorithm " + algorithm);
    }
    if (!(curve instanceof ASN1ObjectIdentifier) || !CURVES.contains(curve)) {
      throw refused(
          "elliptic curve "
              + (curve instanceof ASN1ObjectIdentifier ? curve : "with explicit parameters"));
    }
  }

  static void check(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      BigInteger exponent = rsa.getPublicExponent();
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
        throw refused("RSA key of " + bits + " bits");
      }
      if (!exponent.testBit(0)
          || exponent.compareTo(MIN_RSA_EXPONENT) < 0
          || exponent.bitLength() > MAX_RSA_EXPONENT_BITS) {
        throw refused("RSA public exponent of " + exponent.bitLength() + " bits");
      }
    }
  }

  /** Returns the JCA name of a signature algorithm. */
  static String signatureName(ASN1ObjectIdentifier algorithm) {
    String name = SIGNATURES.get(algorithm);
    if (name == null) {
      throw refused("signature algorithm " + algorithm);
    }
    return name;
  }

  private static InvalidCertificateRequestException refused(String what) {
    return new InvalidCertificateRequestException(
        what + " (expected: P-256, P-384 or RSA of 2048 to 8192 bits, signed with SHA-2)");
  }
}
