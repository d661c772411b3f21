package io.mooring.identity.attest.azure;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.Attestation;
import io.mooring.identity.attest.AttestationChallenge;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.Attestor;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.ReplayStore;
import io.mooring.identity.attest.Selector;
import io.mooring.identity.attest.pki.SignedDocument;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets Azure VMs in by an attested document with a nonce of ours, each once. Thread-safe.
 *
 * <p>The evidence is empty: the challenge is the nonce, the answer the {@code signature} that the
 * metadata service returns for {@code /metadata/attested/document?nonce=...}, in base64.
 *
 * <p>Selectors: {@code azure:subscription}, {@code vm} (its id), {@code sku}.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#attested-data">Attested
 *     data</a>
 */
public final class AzureAttestor implements Attestor {

  /** The kind of the evidence. */
  public static final String KIND = "azure";

  private static final int NONCE_BYTES = 16;
  private static final int MAX_CHARACTERS = 65_536;

  private final Set<String> subscriptions;
  private final AzureSigners signers;
  private final ReplayStore uses;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * Creates an attestor.
   *
   * @param subscriptions which subscriptions' VMs may join, at least one
   * @param signers whose documents are believed
   * @param uses remembers the VMs that have joined
   * @param clock the time
   * @param random makes nonces
   */
  public AzureAttestor(
      Set<String> subscriptions,
      AzureSigners signers,
      ReplayStore uses,
      InstantSource clock,
      SecureRandom random) {
    this.subscriptions = Collections.unmodifiableSet(new TreeSet<>(subscriptions));
    this.signers = requireNonNull(signers, "signers");
    this.uses = requireNonNull(uses, "uses");
    this.clock = requireNonNull(clock, "clock");
    this.random = requireNonNull(random, "random");
    if (this.subscriptions.isEmpty()) {
      throw new IllegalArgumentException("subscriptions are empty (expected: at least one)");
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Attestation attest(AttestationRequest request) {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    String nonce = HexFormat.of().formatHex(bytes);
    return new AttestationChallenge(
        nonce, answer -> answered(answer, nonce, request.keyDigest(), clock.instant()));
  }

  private AttestationResult answered(String answer, String nonce, String keyDigest, Instant now) {
    SignedDocument signed = SignedDocument.parse(decode(answer));
    X509Certificate signer =
        signed
            .signer()
            .orElseThrow(() -> refused("document without the certificate of its signer"));
    List<X509Certificate> others =
        signed.certificates().stream().filter(other -> !other.equals(signer)).toList();
    signers.check(signer, others, now);
    if (!signed.isSignedBy(signer)) {
      throw refused("the document is not signed with the certificate's key");
    }
    AttestedDocument document = AttestedDocument.parse(signed.content());
    check(document, nonce, now);
    String id = KIND + ":" + document.subscription() + "/" + document.vmId();
    uses.check(id, keyDigest);
    Set<Selector> selectors = new TreeSet<>();
    selectors.add(new Selector(KIND, "subscription", document.subscription()));
    selectors.add(new Selector(KIND, "vm", document.vmId()));
    document.sku().ifPresent(sku -> selectors.add(new Selector(KIND, "sku", sku)));
    return new AttestationResult(id, selectors);
  }

  @Override
  public void redeem(AttestationResult result, String keyDigest) {
    uses.use(result.evidenceId(), keyDigest);
  }

  private void check(AttestedDocument document, String nonce, Instant now) {
    if (!document.nonce().equals(nonce)) {
      throw refused("document with another nonce than was asked for");
    }
    if (!subscriptions.contains(document.subscription())) {
      throw new RefusedException(
          RefusalReason.NOT_ALLOWED,
          "subscription '"
              + document.subscription()
              + "' (expected: one of "
              + subscriptions
              + ")");
    }
    if (!now.isBefore(document.expiresOn())) {
      throw new RefusedException(
          RefusalReason.STALE_EVIDENCE,
          "document ended at " + document.expiresOn() + ", it is " + now);
    }
  }

  private static byte[] decode(String answer) {
    if (answer.length() > MAX_CHARACTERS) {
      throw refused("answer of " + answer.length() + " characters");
    }
    try {
      return Base64.getMimeDecoder().decode(answer);
    } catch (IllegalArgumentException e) {
      throw refused("the answer is no base64");
    }
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }
}
