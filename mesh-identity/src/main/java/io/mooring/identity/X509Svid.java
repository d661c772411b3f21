package io.mooring.identity;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain whose leaf carries a SPIFFE ID, with or without its private key. Immutable;
 * the key shows in no text.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X509-SVID</a>
 */
public final class X509Svid {

  private static final int URI_SAN = 6; // RFC 5280 4.2.1.6, uniformResourceIdentifier

  private final SpiffeId id;
  private final List<X509Certificate> chain;
  private final @Nullable PrivateKey privateKey;

  private X509Svid(List<X509Certificate> chain, @Nullable PrivateKey privateKey) {
    this.chain = List.copyOf(chain);
    if (this.chain.isEmpty()) {
      throw new IllegalArgumentException("empty chain (expected: the leaf certificate first)");
    }
    this.id = SvidRules.checkLeaf(leaf());
    this.chain.stream().skip(1).forEach(issuer -> SvidRules.checkIssuer(issuer, id));
    if (privateKey != null) {
      SvidRules.checkKey(privateKey, leaf(), id);
    }
    this.privateKey = privateKey;
  }

  /**
   * Returns the SVID of a chain, leaf first, root left out. Neither times nor signatures are
   * checked: that is an {@link X509SvidVerifier}'s.
   *
   * @throws IllegalArgumentException if the chain is empty, its leaf has no SPIFFE ID or a CA's
   *     powers or may not sign, or another certificate is not a CA's
   */
  public static X509Svid of(List<X509Certificate> chain) {
    return new X509Svid(chain, null);
  }

  /**
   * Returns the SVID of a chain, leaf first, with the private key of its leaf.
   *
   * @param privateKey may stay in a token or key service; it signs once, to show that it fits
   * @throws IllegalArgumentException as without a key; the key is not that of the leaf
   */
  public static X509Svid of(List<X509Certificate> chain, PrivateKey privateKey) {
    return new X509Svid(chain, requireNonNull(privateKey, "privateKey"));
  }

  /**
   * Returns the workload ID in {@code leaf}. Neither its times nor its signature are checked.
   *
   * @throws InvalidSpiffeIdException unless {@code leaf} has exactly one URI name, which is a
   *     SPIFFE ID with a path (X509-SVID 2 and 5.2)
   */
  public static SpiffeId idOf(X509Certificate leaf) {
    List<String> uris;
    try {
      uris = uris(leaf);
    } catch (CertificateParsingException e) {
      throw new InvalidSpiffeIdException(
          "", "unreadable subject alternative names: " + e.getMessage());
    }
    if (uris.size() != 1) {
      throw new InvalidSpiffeIdException(
          String.join(" ", uris), uris.size() + " URI names in the certificate (expected: one)");
    }
    SpiffeId id = SpiffeId.parse(uris.get(0));
    if (id.path().isEmpty()) {
      throw new InvalidSpiffeIdException(uris.get(0), "no path (expected: a workload's ID)");
    }
    return id;
  }

  static List<String> uris(X509Certificate certificate) throws CertificateParsingException {
    List<String> uris = new ArrayList<>();
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    for (List<?> name : names == null ? List.<List<?>>of() : names) {
      if (Integer.valueOf(URI_SAN).equals(name.get(0))) {
        uris.add(String.valueOf(name.get(1)));
      }
    }
    return uris;
  }

  /** Returns the identity in the leaf. */
  public SpiffeId id() {
    return id;
  }

  /** Returns the chain, leaf first, root left out. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** Returns the first certificate of the chain. */
  public X509Certificate leaf() {
    return chain.get(0);
  }

  /** Returns when the leaf expires. */
  public Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  /** Returns the leaf's private key where this process holds it. */
  public Optional<PrivateKey> privateKey() {
    return Optional.ofNullable(privateKey);
  }

  @Override
  public String toString() {
    return "X509Svid[" + id + ", notAfter=" + notAfter() + "]";
  }
}
