package io.mooring.identity.agent.svid;

import io.mooring.identity.Pem;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.X509SvidVerifier;
import io.mooring.model.spiffe.SpiffeId;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

/**
 * The check of what the control plane issued: only a chain for our key, in our name, from a root
 * that we trust, is kept.
 *
 * <p>Trusted is a root that we have, and one beside ours in the same reply: while the root of the
 * mesh is being replaced, a bundle that was made before knows the old one alone. Whoever answers
 * has proved by our roots to be the control plane, which tells running VMs of new roots as well. A
 * reply without any root of ours is another mesh's.
 */
final class IssuedReply {

  private IssuedReply() {}

  /**
   * Returns the credentials that {@code certChain} makes together with {@code key}.
   *
   * @param certChain PEM, leaf first; the last element has the roots
   * @param expected the only identity that may come
   * @param trusted the roots from the bundle and of the last reply
   * @throws UntrustedChainException if anything differs from what was asked for
   */
  static Credentials check(
      List<String> certChain,
      KeyPair key,
      SpiffeId expected,
      TrustBundle trusted,
      InstantSource clock)
      throws UntrustedChainException {
    int last = certChain.size() - 1;
    if (last < 1) {
      throw new UntrustedChainException(
          "reply has " + certChain.size() + " elements (expected: a chain, then its roots)");
    }
    List<X509Certificate> chain;
    TrustBundle roots;
    try {
      roots = TrustBundle.parse(expected.trustDomain(), certChain.get(last));
      chain =
          Pem.certificates(String.join("\n", certChain.subList(0, last))).stream()
              .filter(certificate -> !roots.roots().contains(certificate))
              .toList();
    } catch (IllegalArgumentException e) {
      throw new UntrustedChainException("reply is unreadable: " + e.getMessage(), e);
    }
    boolean known = roots.roots().stream().anyMatch(trusted.roots()::contains);
    if (!known) {
      verify(chain, trusted, clock); // says what is wrong; a root may have another certificate
    }
    SpiffeId issued = verify(chain, roots, clock); // peers will be given these roots
    if (!issued.equals(expected)) {
      throw new UntrustedChainException("SVID is '" + issued + "' (expected: '" + expected + "')");
    }
    if (!chain.get(0).getPublicKey().equals(key.getPublic())) {
      throw new UntrustedChainException(
          "SVID '" + issued + "' is for another key (expected: the key of the request)");
    }
    return new Credentials(X509Svid.of(chain, key.getPrivate()), roots);
  }

  private static SpiffeId verify(
      List<X509Certificate> chain, TrustBundle roots, InstantSource clock)
      throws UntrustedChainException {
    try {
      return new X509SvidVerifier(roots, clock).verify(chain);
    } catch (CertificateException e) {
      throw new UntrustedChainException(e);
    }
  }
}
