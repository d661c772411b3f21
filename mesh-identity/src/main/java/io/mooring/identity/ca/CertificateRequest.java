package io.mooring.identity.ca;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.Pem;
import io.mooring.model.spiffe.SpiffeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A PKCS#10 request whose sender holds the private key. Immutable.
 *
 * <p>Only its key counts; the subject is ignored and the names it asks for are never granted.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2986">RFC 2986</a>
 */
public final class CertificateRequest {

  private static final String LABEL = "CERTIFICATE REQUEST";
  private static final int MAX_CHARACTERS = 16_384; // an RSA-8192 request has about 3,000
  private static final int MAX_BYTES = MAX_CHARACTERS / 4 * 3; // what base64 makes of them

  private final byte[] encoded;
  private final PublicKey publicKey;
  private final Optional<String> requestedUri;

  private CertificateRequest(byte[] encoded, PublicKey publicKey, Optional<String> requestedUri) {
    this.encoded = encoded;
    this.publicKey = publicKey;
    this.requestedUri = requestedUri;
  }

  /**
   * Returns the request in {@code pem}, its signature verified.
   *
   * @throws InvalidCertificateRequestException if it is longer than 16,384 characters, not exactly
   *     one PEM block of DER, not signed by its own key, has a key or signature of a kind that is
   *     not accepted, or asks for more than one name or for a CA's powers
   */
  public static CertificateRequest parse(String pem) {
    return parse(pem, Cryptography.DEFAULT);
  }

  /**
   * Returns the request in {@code pem}, its signature verified by {@code provider}.
   *
   * @param provider e.g. a native one, which may be faster; what it lacks BouncyCastle does
   * @throws InvalidCertificateRequestException as for the default provider
   */
  public static CertificateRequest parse(String pem, Provider provider) {
    return parse(pem, new Cryptography(provider));
  }

  static CertificateRequest parse(String pem, Cryptography cryptography) {
    requireNonNull(pem, "pem");
    if (pem.length() > MAX_CHARACTERS) {
      throw new InvalidCertificateRequestException(
          "request of " + pem.length() + " characters (expected: at most " + MAX_CHARACTERS + ")");
    }
    try {
      return parse(Pem.decode(LABEL, pem), cryptography);
    } catch (InvalidCertificateRequestException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidCertificateRequestException("unreadable request: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the request with this encoding, its signature verified.
   *
   * @throws InvalidCertificateRequestException as for PEM; it is longer than 12,288 bytes
   */
  public static CertificateRequest parse(byte[] der) {
    return parse(der, Cryptography.DEFAULT);
  }

  static CertificateRequest parse(byte[] der, Cryptography cryptography) {
    if (der.length > MAX_BYTES) {
      throw new InvalidCertificateRequestException(
          "request of " + der.length + " bytes (expected: at most " + MAX_BYTES + ")");
    }
    try {
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
      if (!Arrays.equals(der, request.toASN1Structure().getEncoded(ASN1Encoding.DER))) {
        throw new InvalidCertificateRequestException(
            "request is not DER, or has data after its end");
      }
      return verified(der.clone(), request, cryptography);
    } catch (InvalidCertificateRequestException e) {
      throw e;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // BouncyCastle's parsers throw many unchecked exceptions for hostile input.
      throw new InvalidCertificateRequestException("unreadable request: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the digest of the key that {@code pem} asks to certify, without the cost of verifying
   * that its sender holds it; empty if that cannot be read. Equal to {@link #keyDigest} once the
   * request is {@linkplain #parse parsed}.
   */
  public static Optional<String> claimedKeyDigest(String pem) {
    if (pem.length() > MAX_CHARACTERS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          digest(
              new PKCS10CertificationRequest(Pem.decode(LABEL, pem))
                  .getSubjectPublicKeyInfo()
                  .getEncoded(ASN1Encoding.DER)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // parse tells what is wrong, to a caller who may know
    }
  }

  private static CertificateRequest verified(
      byte[] der, PKCS10CertificationRequest request, Cryptography cryptography)
      throws IOException, GeneralSecurityException {
    SubjectPublicKeyInfo encodedKey = request.getSubjectPublicKeyInfo();
    KeyPolicy.checkEncoding(encodedKey);
    String signatureName = KeyPolicy.signatureName(request.getSignatureAlgorithm().getAlgorithm());
    Optional<String> uri = RequestedNames.uri(request);
    PublicKey key = publicKey(encodedKey, cryptography);
    KeyPolicy.check(key);
    // Not request.isSignatureValid(): it verifies twice.
    if (!cryptography.verify(signatureName, key, Der.firstInside(der), request.getSignature())) {
      throw new InvalidCertificateRequestException(
          "signature does not match the request's key (no proof of possession)");
    }
    return new CertificateRequest(der, key, uri);
  }

  private static PublicKey publicKey(SubjectPublicKeyInfo key, Cryptography cryptography)
      throws IOException, GeneralSecurityException {
    boolean rsa = key.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
    return cryptography.publicKey(rsa ? "RSA" : "EC", key.getEncoded(ASN1Encoding.DER));
  }

  /**
   * Returns a request for {@code id}, signed with {@code keys}: EC or RSA, with SHA-256.
   *
   * @throws InvalidCertificateRequestException if the key pair is of a kind that is not accepted
   */
  public static CertificateRequest create(KeyPair keys, SpiffeId id) {
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          true,
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, id.toString())));
      String algorithm =
          keys.getPublic().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      PKCS10CertificationRequest request =
          new JcaPKCS10CertificationRequestBuilder(new X500Name(""), keys.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(
                  new JcaContentSignerBuilder(algorithm)
                      .setProvider(Cryptography.BOUNCY_CASTLE)
                      .build(keys.getPrivate()));
      return verified(request.getEncoded(), request, Cryptography.DEFAULT);
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new InvalidCertificateRequestException(
          "no request can be made with a key of '" + keys.getPublic().getAlgorithm() + "'", e);
    }
  }

  /** Returns the key to certify. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /** Returns the SHA-256 of the key's X.509 encoding, in hexadecimal. */
  public String keyDigest() {
    return digest(publicKey.getEncoded());
  }

  private static String digest(byte[] encodedKey) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encodedKey));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Returns the URI name that it asks for; not to be granted, only to be compared. */
  public Optional<String> requestedUri() {
    return requestedUri;
  }

  /** Returns the request as PEM. */
  public String toPem() {
    return Pem.encode(LABEL, encoded);
  }

  @Override
  public String toString() {
    return "CertificateRequest[" + publicKey.getAlgorithm() + ", key=" + keyDigest() + "]";
  }
}
