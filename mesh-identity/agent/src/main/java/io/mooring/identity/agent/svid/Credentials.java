package io.mooring.identity.agent.svid;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.BundleSet;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this VM shows to its peers and what it checks them against. Immutable; the key shows in no
 * text.
 *
 * @param svid the VM's chain with its private key
 * @param roots what peers are verified against, as the issuer named them with this chain
 * @param federated what vouches for identities of the trust domains that the mesh federates with
 */
public record Credentials(X509Svid svid, TrustBundle roots, BundleSet federated) {

  /**
   * Checks that the key is there.
   *
   * @throws IllegalArgumentException if {@code svid} has no private key
   */
  public Credentials {
    requireNonNull(roots, "roots");
    requireNonNull(federated, "federated");
    if (svid.privateKey().isEmpty()) {
      throw new IllegalArgumentException(svid + " has no private key");
    }
  }

  /** Creates credentials of a mesh that federates with nobody. */
  public Credentials(X509Svid svid, TrustBundle roots) {
    this(svid, roots, BundleSet.EMPTY);
  }

  /** Returns the same SVID with other bundles. */
  public Credentials with(TrustBundle changed, BundleSet federated) {
    return new Credentials(svid, changed, federated);
  }

  /**
   * Returns every bundle, our own first, then those of other domains in order. One of our own
   * domain among the federated does not count.
   */
  public List<TrustBundle> bundles() {
    return Stream.concat(
            Stream.of(roots),
            federated.bundles().stream()
                .filter(bundle -> !bundle.trustDomain().equals(roots.trustDomain())))
        .toList();
  }

  /** Returns the private key of the leaf: it never leaves this machine. */
  public PrivateKey key() {
    return svid.privateKey().orElseThrow();
  }

  /** Returns when the first certificate of the chain expires. */
  public Instant expiresAt() {
    return svid.chain().stream()
        .map(X509Certificate::getNotAfter)
        .map(date -> date.toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** Returns whether {@code issuers} vouch for the chain now. */
  public boolean isFrom(TrustBundle issuers, InstantSource clock) {
    try {
      new X509SvidVerifier(issuers, clock).verify(svid.chain());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
