package io.mooring.identity;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.TrustDomain;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The keys that vouch for the identities of one trust domain. Immutable.
 *
 * <p>A bundle without any key is legal: it revokes everything of its domain.
 *
 * @param trustDomain the domain; no key here vouches for another one
 * @param roots CA certificates of X509-SVIDs, newest first
 * @param jwtKeys keys of JWT-SVIDs by key id, sorted
 * @param sequence orders the bundles of one domain: 0 to 2^64-1, higher is newer
 * @param refreshHint how often to look for a newer one, whole seconds
 * @see <a
 *     href="https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE_Trust_Domain_and_Bundle.md">SPIFFE
 *     Trust Domain and Bundle</a>
 */
public record TrustBundle(
    TrustDomain trustDomain,
    List<X509Certificate> roots,
    Map<String, PublicKey> jwtKeys,
    Optional<BigInteger> sequence,
    Optional<Duration> refreshHint) {

  private static final int MAX_SEQUENCE_BITS = 64; // SPIFFE bundle 4.1.1

  /**
   * Copies the keys.
   *
   * @throws IllegalArgumentException if a root is no CA certificate, a key id is empty, or sequence
   *     or hint are out of range
   */
  public TrustBundle {
    requireNonNull(trustDomain, "trustDomain");
    roots = List.copyOf(roots);
    jwtKeys = Collections.unmodifiableMap(new TreeMap<>(jwtKeys));
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
    if (jwtKeys.containsKey("")) {
      throw new IllegalArgumentException("JWT key of '" + trustDomain + "' has an empty key id");
    }
    if (sequence.isPresent()
        && (sequence.get().signum() < 0 || sequence.get().bitLength() > MAX_SEQUENCE_BITS)) {
      throw new IllegalArgumentException(
          "sequence of '" + trustDomain + "' is out of range (expected: 0 to 2^64-1)");
    }
    if (refreshHint.isPresent() && refreshHint.get().isNegative()) {
      throw new IllegalArgumentException(
          "refresh hint of '" + trustDomain + "': " + refreshHint.get() + " (expected: >= 0)");
    }
  }

  /**
   * Creates a bundle of certificates alone, without sequence or hint.
   *
   * @throws IllegalArgumentException if a root is no CA certificate
   */
  public TrustBundle(TrustDomain trustDomain, List<X509Certificate> roots) {
    this(trustDomain, roots, Map.of(), Optional.empty(), Optional.empty());
  }

  /**
   * Returns the bundle with the roots of {@code pem}.
   *
   * @throws IllegalArgumentException if {@code pem} has no certificate or one that is no CA's
   */
  public static TrustBundle parse(TrustDomain trustDomain, String pem) {
    return new TrustBundle(trustDomain, Pem.certificates(pem));
  }

  /**
   * Returns the bundle that a SPIFFE bundle document spells. Elements of unknown type or use are
   * ignored; times are not checked.
   *
   * @param trustDomain the domain that the document was asked for: the document does not say
   * @throws IllegalArgumentException if {@code json} is longer than 1 MiB, no JSON object, has a
   *     name twice, or lacks {@code keys}; if a certificate or key that is meant for SVIDs cannot
   *     be read; or if sequence or hint are no integers in range
   */
  public static TrustBundle parseJson(TrustDomain trustDomain, String json) {
    return TrustBundleJson.parse(trustDomain, json);
  }

  /** Returns the SPIFFE bundle document: a JWK Set, the same text for equal bundles. */
  public String toJson() {
    return TrustBundleJson.print(this);
  }

  /** Returns the roots as PEM, newest first. */
  public String toPem() {
    return Pem.encode(roots);
  }

  /** Returns whether both have the same keys, whatever their sequences and hints say. */
  public boolean hasSameKeys(TrustBundle other) {
    return trustDomain.equals(other.trustDomain)
        && roots.equals(other.roots)
        && jwtKeys.equals(other.jwtKeys);
  }

  /**
   * Returns whether this bundle's sequence is lower. Where one has none, whichever came last is the
   * newest (SPIFFE Federation 4.2).
   */
  public boolean isOlderThan(TrustBundle other) {
    return sequence.isPresent()
        && other.sequence.isPresent()
        && sequence.get().compareTo(other.sequence.get()) < 0;
  }

  @Override
  public String toString() {
    return "TrustBundle["
        + trustDomain
        + ", roots="
        + roots.size()
        + ", jwtKeys="
        + jwtKeys.keySet()
        + sequence.map(number -> ", sequence=" + number).orElse("")
        + "]";
  }
}
