package io.mooring.identity.attest.pki;

import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSTypedData;
import org.bouncycastle.cms.SignerInformation;
import org.jspecify.annotations.Nullable;

/**
 * A document with one signature around it (PKCS#7, RFC 5652). Immutable.
 *
 * <p>Signatures are verified here and not by BouncyCastle's CMS, which refuses Azure's documents:
 * these name a signature algorithm where a digest belongs.
 */
public final class SignedDocument {

  private static final int MAX_BYTES = 65_536;

  /** Digests by the identifiers that documents give for them. */
  private static final Map<String, String> DIGESTS =
      Map.of(
          "2.16.840.1.101.3.4.2.1", "SHA-256",
          "1.2.840.113549.1.1.11", "SHA-256", // sha256WithRSAEncryption, as Azure writes it
          "2.16.840.1.101.3.4.2.2", "SHA-384",
          "2.16.840.1.101.3.4.2.3", "SHA-512");

  private final byte[] content;
  private final String contentType;
  private final SignerInformation signer;
  private final List<X509Certificate> certificates;

  private SignedDocument(
      byte[] content,
      String contentType,
      SignerInformation signer,
      List<X509Certificate> certificates) {
    this.content = content;
    this.contentType = contentType;
    this.signer = signer;
    this.certificates = certificates;
  }

  /**
   * Returns the document in {@code encoded}; its signature is not verified yet.
   *
   * @throws RefusedException if it is no PKCS#7 with a content and exactly one signature
   */
  public static SignedDocument parse(byte[] encoded) {
    if (encoded.length > MAX_BYTES) {
      throw refused("PKCS#7 of " + encoded.length + " bytes (at most " + MAX_BYTES + ")");
    }
    try {
      CMSSignedData data = new CMSSignedData(encoded);
      Collection<SignerInformation> signers = data.getSignerInfos().getSigners();
      CMSTypedData typed = data.getSignedContent();
      if (signers.size() != 1 || typed == null) {
        throw refused(
            "PKCS#7 with "
                + signers.size()
                + " signers and "
                + (typed == null ? "no" : "a")
                + " content (expected: one and a)");
      }
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      typed.write(content);
      List<X509Certificate> certificates = new ArrayList<>();
      for (X509CertificateHolder holder : data.getCertificates().getMatches(null)) {
        certificates.add(certificate(holder));
      }
      return new SignedDocument(
          content.toByteArray(),
          typed.getContentType().getId(),
          signers.iterator().next(),
          List.copyOf(certificates));
    } catch (RefusedException e) {
      throw e;
    } catch (CMSException | IOException | CertificateException | RuntimeException e) {
      throw new RefusedException(
          RefusalReason.INVALID_EVIDENCE, "unreadable PKCS#7: " + e.getMessage(), e);
    }
  }

  private static X509Certificate certificate(X509CertificateHolder holder)
      throws IOException, CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(holder.getEncoded()));
  }

  /** Returns what is signed. */
  public byte[] content() {
    return content.clone();
  }

  /** Returns the certificates that came along, in their order; nobody vouches for them. */
  public List<X509Certificate> certificates() {
    return certificates;
  }

  /** Returns the one of {@link #certificates} that the signature names, wherever it stands. */
  public Optional<X509Certificate> signer() {
    return certificates.stream().filter(this::isNamed).findFirst();
  }

  private boolean isNamed(X509Certificate certificate) {
    try {
      return signer.getSID().match(new X509CertificateHolder(certificate.getEncoded()));
    } catch (IOException | CertificateException e) {
      return false;
    }
  }

  /** Returns whether the content is signed with the RSA key of {@code certificate}. */
  public boolean isSignedBy(X509Certificate certificate) {
    String digest = DIGESTS.get(signer.getDigestAlgOID());
    if (digest == null) {
      return false;
    }
    try {
      byte[] signed = content;
      if (signer.getSignedAttributes() != null) {
        if (!attributesFit(digest)) {
          return false;
        }
        signed = signer.getEncodedSignedAttributes();
      }
      return verify(digest.replace("-", "") + "withRSA", certificate.getPublicKey(), signed);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new RefusedException(
          RefusalReason.INVALID_EVIDENCE, "signature cannot be verified: " + e.getMessage(), e);
    }
  }

  private boolean verify(String algorithm, PublicKey key, byte[] signed)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initVerify(key);
    signature.update(signed);
    return signature.verify(signer.getSignature());
  }

  /** Where attributes are what is signed, they must tell of this content and no other. */
  private boolean attributesFit(String digest) throws GeneralSecurityException {
    AttributeTable attributes = signer.getSignedAttributes();
    Optional<ASN1Primitive> messageDigest = only(attributes.get(CMSAttributes.messageDigest));
    Optional<ASN1Primitive> type = only(attributes.get(CMSAttributes.contentType));
    return type.map(value -> value.toString().equals(contentType)).orElse(false)
        && messageDigest.isPresent()
        && MessageDigest.isEqual(
            ASN1OctetString.getInstance(messageDigest.get()).getOctets(),
            MessageDigest.getInstance(digest).digest(content));
  }

  private static Optional<ASN1Primitive> only(@Nullable Attribute attribute) {
    return attribute == null || attribute.getAttrValues().size() != 1
        ? Optional.empty()
        : Optional.of(attribute.getAttrValues().getObjectAt(0).toASN1Primitive());
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
