package io.mooring.identity.attest.pki;

import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A path from a certificate to a root that is trusted, at one moment. Immutable.
 *
 * @param certificates the leaf first, the root left out
 * @param root where the path ends
 */
public record CertificateChain(List<X509Certificate> certificates, X509Certificate root) {

  private static final int MAX_INTERMEDIATES = 4;
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_EXPONENT_BITS = 64;
  private static final int MAX_RSA_BITS = 8192; // a bound for the work of one verification

  /** Copies the certificates. */
  public CertificateChain {
    certificates = List.copyOf(certificates);
  }

  /**
   * Returns the path of {@code leaf}.
   *
   * @param others certificates that may be on the path, in any order; at most four
   * @throws RefusedException if there is no path, or it is not valid at {@code now}
   */
  public static CertificateChain of(
      X509Certificate leaf,
      Collection<X509Certificate> others,
      Collection<X509Certificate> roots,
      Instant now) {
    if (others.size() > MAX_INTERMEDIATES) {
      throw refused(
          others.size() + " certificates beside the leaf (at most " + MAX_INTERMEDIATES + ")");
    }
    checkKey(leaf);
    others.forEach(CertificateChain::checkKey);
    try {
      leaf.checkValidity(Date.from(now));
      PKIXCertPathBuilderResult path =
          (PKIXCertPathBuilderResult)
              CertPathBuilder.getInstance("PKIX").build(parameters(leaf, others, roots, now));
      List<X509Certificate> certificates = new ArrayList<>();
      path.getCertPath().getCertificates().forEach(c -> certificates.add((X509Certificate) c));
      return new CertificateChain(certificates, path.getTrustAnchor().getTrustedCert());
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      throw new RefusedException(
          RefusalReason.STALE_EVIDENCE, "certificate at " + now + ": " + e.getMessage(), e);
    } catch (GeneralSecurityException | RuntimeException e) {
      // The JDK throws unchecked exceptions for names that it does not expect.
      throw new RefusedException(
          RefusalReason.INVALID_EVIDENCE, "no valid certificate chain: " + e.getMessage(), e);
    }
  }

  private static PKIXBuilderParameters parameters(
      X509Certificate leaf,
      Collection<X509Certificate> others,
      Collection<X509Certificate> roots,
      Instant now)
      throws GeneralSecurityException {
    Set<TrustAnchor> anchors =
        roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(leaf);
    List<X509Certificate> all = new ArrayList<>(others);
    all.add(leaf);
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(all)));
    parameters.setDate(Date.from(now));
    parameters.setMaxPathLength(MAX_INTERMEDIATES);
    parameters.setRevocationEnabled(false); // evidence opens a door once; bans are ours
    return parameters;
  }

  private static void checkKey(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    boolean good =
        key instanceof RSAPublicKey rsa
            ? rsa.getModulus().bitLength() >= MIN_RSA_BITS
                && rsa.getModulus().bitLength() <= MAX_RSA_BITS
                && rsa.getPublicExponent().bitLength() <= MAX_RSA_EXPONENT_BITS
            : key instanceof ECPublicKey;
    if (!good) {
      throw refused(
          "certificate with a key of '"
              + key.getAlgorithm()
              + "' (expected: EC, or RSA of 2048 to "
              + MAX_RSA_BITS
              + " bits)");
    }
  }

  /** Returns the SHA-256 of a certificate, in hexadecimal. */
  public static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was parsed has an encoding", e);
    }
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
