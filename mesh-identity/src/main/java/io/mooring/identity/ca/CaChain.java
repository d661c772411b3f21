package io.mooring.identity.ca;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.TrustDomain;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The certificates of a CA: the one that signs, what lies between it and a root, and the roots.
 * Immutable.
 *
 * @param issuer the certificate of the signing key
 * @param intermediates its issuer first, up to but without the root; empty for a self-signed CA
 * @param roots what peers are to trust; one of them vouches for the chain
 */
public record CaChain(
    X509Certificate issuer, List<X509Certificate> intermediates, List<X509Certificate> roots) {

  private static final String NAME_CONSTRAINTS = "2.5.29.30";
  private static final int KEY_CERT_SIGN = 5; // bit of X509Certificate.getKeyUsage

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if a certificate may not sign certificates, or no root signed
   *     the top of the chain; times and names are not checked
   */
  public CaChain {
    requireNonNull(issuer, "issuer");
    intermediates = List.copyOf(intermediates);
    roots = List.copyOf(roots);
    requireSigner(issuer);
    intermediates.forEach(CaChain::requireSigner);
    roots.forEach(CaChain::requireSigner);
    anchor(issuer, intermediates, roots);
  }

  /**
   * Returns the chain of a CA that is its own root.
   *
   * @throws IllegalArgumentException if {@code root} may not sign certificates
   */
  public static CaChain selfSigned(X509Certificate root) {
    return new CaChain(root, List.of(), List.of(root));
  }

  /**
   * Returns the chain of a new CA that is its own root, over a key that may be kept anywhere.
   *
   * @param trustDomain the only domain that it is to sign for; its ID is in the root
   * @param key signs the root
   * @param random its serial number, and the name that sets it apart from other roots
   * @throws CertificateAuthorityException if {@code key} cannot sign
   */
  public static CaChain newRoot(
      TrustDomain trustDomain,
      SigningKey key,
      Instant notBefore,
      Instant notAfter,
      SecureRandom random) {
    return selfSigned(
        new CertificateSigner(key, random).root("spiffe://" + trustDomain, notBefore, notAfter));
  }

  /** Returns what follows a leaf in a chain: issuer and intermediates, root left out. */
  List<X509Certificate> sent() {
    List<X509Certificate> sent = new ArrayList<>();
    sent.add(issuer);
    sent.addAll(intermediates);
    sent.removeAll(roots);
    return sent;
  }

  /** Returns when the first certificate between a leaf and its root ends, that root included. */
  Instant notAfter() {
    Instant first = anchor(issuer, intermediates, roots).getNotAfter().toInstant();
    for (X509Certificate certificate : sent()) {
      Instant end = certificate.getNotAfter().toInstant();
      first = end.isBefore(first) ? end : first;
    }
    return first;
  }

  /** Returns whether a certificate of the chain limits the names of what it signs. */
  boolean isNameConstrained() {
    return roots.stream().anyMatch(root -> root.getExtensionValue(NAME_CONSTRAINTS) != null)
        || sent().stream().anyMatch(ca -> ca.getExtensionValue(NAME_CONSTRAINTS) != null);
  }

  private static X509Certificate anchor(
      X509Certificate issuer, List<X509Certificate> intermediates, List<X509Certificate> roots) {
    X509Certificate top =
        intermediates.isEmpty() ? issuer : intermediates.get(intermediates.size() - 1);
    for (X509Certificate root : roots) {
      if (root.equals(top) || isSignedBy(top, root)) {
        return root;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + top.getSubjectX500Principal()
            + "' is signed by '"
            + top.getIssuerX500Principal()
            + "' (expected: by one of the "
            + roots.size()
            + " roots)");
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate root) {
    if (!certificate.getIssuerX500Principal().equals(root.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(root.getPublicKey(), Cryptography.BOUNCY_CASTLE);
      return true;
    } catch (GeneralSecurityException e) {
      return false; // another root of the same name
    }
  }

  private static void requireSigner(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    if (certificate.getBasicConstraints() < 0 || (usage != null && !usage[KEY_CERT_SIGN])) {
      throw new IllegalArgumentException(
          "certificate of '"
              + certificate.getSubjectX500Principal()
              + "' (expected: a CA's, with keyCertSign)"); // X509-SVID 4.1, 4.3
    }
  }
}
