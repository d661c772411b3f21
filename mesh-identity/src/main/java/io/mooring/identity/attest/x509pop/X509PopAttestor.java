package io.mooring.identity.attest.x509pop;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.Pem;
import io.mooring.identity.attest.Attestation;
import io.mooring.identity.attest.AttestationChallenge;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.Selector;
import io.mooring.identity.attest.pki.CertificateChain;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets machines in that have a certificate of another CA, e.g. of the data centre, and prove that
 * they hold its key by signing a challenge. Thread-safe. A machine may join as often as it likes.
 *
 * <p>The evidence is the chain as PEM, leaf first; the answer is made by {@link
 * ProofOfPossession#answer}. Selectors: {@code x509pop:fingerprint:SHA256}, {@code serial}, {@code
 * root} (fingerprint of the root), {@code common-name}, and {@code dns} for each DNS name.
 */
public final class X509PopAttestor implements Attestor {

  /** The kind of the evidence. */
  public static final String KIND = "x509pop";

  private static final int MAX_CHARACTERS = 65_536;
  private static final int CHALLENGE_BYTES = 32;
  private static final int DIGITAL_SIGNATURE = 0; // bit of X509Certificate.getKeyUsage

  private final List<X509Certificate> roots;
  private final InstantSource clock;
  private final SecureRandom random;

  /** Creates an attestor that trusts certificates below {@code roots} alone. */
  public X509PopAttestor(List<X509Certificate> roots, InstantSource clock, SecureRandom random) {
    this.roots = List.copyOf(roots);
    this.clock = requireNonNull(clock, "clock");
    this.random = requireNonNull(random, "random");
    if (this.roots.isEmpty()) {
      throw new IllegalArgumentException("roots are empty (expected: at least one)");
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Attestation attest(AttestationRequest request) {
    if (request.evidence().length() > MAX_CHARACTERS) {
      throw refused("chain of " + request.evidence().length() + " characters");
    }
    List<X509Certificate> shown = Pem.certificates(request.evidence());
    CertificateChain chain =
        CertificateChain.of(shown.get(0), shown.subList(1, shown.size()), roots, clock.instant());
    X509Certificate leaf = shown.get(0);
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0 || usage == null || !usage[DIGITAL_SIGNATURE]) {
      throw refused("certificate of a CA, or one that may not sign (expected: a leaf that may)");
    }
    byte[] nonce = new byte[CHALLENGE_BYTES];
    random.nextBytes(nonce);
    String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
    return new AttestationChallenge(
        challenge, answer -> answered(answer, challenge, request.keyDigest(), chain));
  }

  private static AttestationResult answered(
      String answer, String challenge, String keyDigest, CertificateChain chain) {
    X509Certificate leaf = chain.certificates().get(0);
    if (!ProofOfPossession.isProof(answer, challenge, keyDigest, leaf.getPublicKey())) {
      throw refused("the challenge is not signed with the certificate's key");
    }
    String fingerprint = CertificateChain.fingerprint(leaf);
    Set<Selector> selectors = new TreeSet<>(CertificateSelectors.of(leaf));
    selectors.add(new Selector(KIND, "fingerprint", fingerprint));
    selectors.add(new Selector(KIND, "root", CertificateChain.fingerprint(chain.root())));
    return new AttestationResult(KIND + ":" + fingerprint, selectors);
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
