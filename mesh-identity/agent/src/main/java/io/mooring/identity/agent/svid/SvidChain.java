package io.mooring.identity.agent.svid;

import io.mooring.identity.X509Svid;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The check that every chain passes, ours or a peer's: it leads to a root, it is valid now, and its
 * leaf is an SVID.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X509-SVID 5</a>
 */
final class SvidChain {

  private SvidChain() {}

  /**
   * Returns the identity of {@code chain}'s leaf.
   *
   * @param chain leaf first; certificates that are roots themselves are left out of the path
   * @param roots the only trusted ones
   * @throws UntrustedChainException if the chain does not verify at {@code now}, or if its leaf is
   *     a CA or has not exactly one URI, a SPIFFE ID
   */
  static SpiffeId verify(
      List<X509Certificate> chain, Collection<X509Certificate> roots, Instant now)
      throws UntrustedChainException {
    if (chain.isEmpty()) {
      throw new UntrustedChainException("chain is empty (expected: the leaf first)");
    }
    checkPath(chain, roots, now);
    X509Certificate leaf = chain.get(0);
    if (leaf.getBasicConstraints() >= 0) {
      throw new UntrustedChainException("leaf is a CA certificate (expected: an SVID)");
    }
    try {
      return X509Svid.idOf(leaf);
    } catch (InvalidSpiffeIdException e) {
      throw new UntrustedChainException("leaf is no SVID: " + e.getMessage(), e);
    }
  }

  private static void checkPath(
      List<X509Certificate> chain, Collection<X509Certificate> roots, Instant now)
      throws UntrustedChainException {
    Set<TrustAnchor> anchors =
        roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
    List<X509Certificate> links =
        chain.stream().filter(certificate -> !roots.contains(certificate)).toList();
    try {
      CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(links);
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
    } catch (GeneralSecurityException | RuntimeException e) {
      // RuntimeException: the JDK's validator throws NullPointerException for some hostile names.
      throw new UntrustedChainException(
          "chain of "
              + chain.get(0).getSubjectX500Principal()
              + " (serial "
              + chain.get(0).getSerialNumber().toString(16)
              + ") does not verify: "
              + e.getMessage(),
          e);
    }
  }
}
