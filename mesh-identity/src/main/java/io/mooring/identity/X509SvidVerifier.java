package io.mooring.identity;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Verifies X509-SVIDs, each by the bundle of its own trust domain: path, times, and what makes a
 * certificate an SVID. Thread-safe.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X509-SVID 5</a>
 */
public final class X509SvidVerifier {

  private static final int MAX_CHAIN = 8;
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  private final BundleSet bundles;
  private final InstantSource clock;

  /** Creates a verifier that trusts {@code trustBundle} alone. */
  public X509SvidVerifier(TrustBundle trustBundle, InstantSource clock) {
    this(BundleSet.of(trustBundle), clock);
  }

  /** Creates a verifier that trusts {@code bundles}, each for its own trust domain. */
  public X509SvidVerifier(BundleSet bundles, InstantSource clock) {
    this.bundles = requireNonNull(bundles, "bundles");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * Returns the identity that {@code chain} proves.
   *
   * @param chain leaf first; the root may be left out
   * @throws CertificateException if it proves none, now and to this verifier
   */
  public SpiffeId verify(List<X509Certificate> chain) throws CertificateException {
    if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
      throw new CertificateException(
          "chain of " + chain.size() + " certificates (expected: 1 to " + MAX_CHAIN + ")");
    }
    SpiffeId id = checkLeaf(chain.get(0));
    TrustBundle bundle = bundleOf(id);
    List<X509Certificate> path = withoutRoots(chain, bundle);
    for (X509Certificate issuer : path.subList(1, path.size())) {
      checkIssuer(issuer, id);
    }
    try {
      validate(path, bundle);
    } catch (GeneralSecurityException | RuntimeException e) {
      // The JDK throws unchecked exceptions for names that are no DNS names (SPIFFE allows them).
      throw new CertificateException("chain of '" + id + "' is not valid: " + e.getMessage(), e);
    }
    return id;
  }

  private static SpiffeId checkLeaf(X509Certificate leaf) throws CertificateException {
    try {
      return SvidRules.checkLeaf(leaf);
    } catch (IllegalArgumentException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private TrustBundle bundleOf(SpiffeId id) throws CertificateException {
    return bundles
        .find(id.trustDomain())
        .orElseThrow(
            () ->
                new CertificateException(
                    "identity '"
                        + id
                        + "' (expected: one of "
                        + bundles.bundles().stream()
                            .map(bundle -> "'" + bundle.trustDomain() + "'")
                            .toList()
                        + ")"));
  }

  private static void checkIssuer(X509Certificate issuer, SpiffeId leaf)
      throws CertificateException {
    try {
      SvidRules.checkIssuer(issuer, leaf);
    } catch (IllegalArgumentException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private static List<X509Certificate> withoutRoots(
      List<X509Certificate> chain, TrustBundle bundle) {
    List<X509Certificate> path =
        chain.stream().filter(certificate -> !bundle.roots().contains(certificate)).toList();
    return path.isEmpty() ? chain : path;
  }

  /**
   * The JDK takes no trust anchor with name constraints (X509-SVID 4.2): such a root becomes the
   * last certificate of the path, under an anchor of its bare key.
   */
  private void validate(List<X509Certificate> path, TrustBundle bundle)
      throws GeneralSecurityException {
    Set<TrustAnchor> anchors = new HashSet<>();
    GeneralSecurityException failure = null;
    for (X509Certificate root : bundle.roots()) {
      if (root.getExtensionValue(NAME_CONSTRAINTS) == null) {
        anchors.add(new TrustAnchor(root, null));
        continue;
      }
      List<X509Certificate> whole = new ArrayList<>(path);
      whole.add(root);
      TrustAnchor key = new TrustAnchor(root.getSubjectX500Principal(), root.getPublicKey(), null);
      try {
        validate(whole, Set.of(key));
        return;
      } catch (GeneralSecurityException | RuntimeException e) {
        failure = new CertificateException(e.getMessage(), e);
      }
    }
    if (anchors.isEmpty() && failure != null) {
      throw failure;
    }
    validate(path, anchors);
  }

  private void validate(List<X509Certificate> path, Set<TrustAnchor> anchors)
      throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(anchors);
    parameters.setDate(Date.from(clock.instant()));
    parameters.setRevocationEnabled(false); // SVIDs are short-lived instead
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
  }
}
