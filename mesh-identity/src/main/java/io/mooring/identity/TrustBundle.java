package io.mooring.identity;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.TrustDomain;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The certificates that vouch for the identities of one trust domain. Immutable.
 *
 * @param trustDomain the domain; no root here vouches for another one
 * @param roots CA certificates, newest first; never empty
 */
public record TrustBundle(TrustDomain trustDomain, List<X509Certificate> roots) {

  /**
   * Copies the roots.
   *
   * @throws IllegalArgumentException if there is no root, or one is no CA certificate
   */
  public TrustBundle {
    requireNonNull(trustDomain, "trustDomain");
    roots = List.copyOf(roots);
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("trust bundle of '" + trustDomain + "' has no root");
    }
    for (X509Certificate root : roots) {
      if (root.getBasicConstraints() < 0) {
        throw new IllegalArgumentException(
            "root '"
                + root.getSubjectX500Principal()
                + "' of '"
                + trustDomain
                + "' (expected: a CA certificate)");
      }
    }
  }

  /**
   * Returns the bundle with the roots of {@code pem}.
   *
   * @throws IllegalArgumentException if {@code pem} has no certificate or one that is no CA's
   */
  public static TrustBundle parse(TrustDomain trustDomain, String pem) {
    return new TrustBundle(trustDomain, Pem.certificates(pem));
  }

  /** Returns the roots as PEM, newest first. */
  public String toPem() {
    return Pem.encode(roots);
  }

  @Override
  public String toString() {
    return "TrustBundle[" + trustDomain + ", roots=" + roots.size() + "]";
  }
}
