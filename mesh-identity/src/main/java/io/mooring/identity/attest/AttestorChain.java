package io.mooring.identity.attest;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The attestors of one issuer. Thread-safe.
 *
 * <p>Evidence is judged by one of them alone: the one that the caller names, or the first that
 * recognizes a bearer credential. What one refuses no other may admit.
 */
public final class AttestorChain {

  private final Map<String, Attestor> attestorsByKind = new LinkedHashMap<>();

  /**
   * Creates a chain.
   *
   * @throws IllegalArgumentException if two attestors are of one kind
   */
  public AttestorChain(List<? extends Attestor> attestors) {
    for (Attestor attestor : attestors) {
      new Selector(attestor.kind(), "kind", "checked"); // throws for a name that no selector has
      if (attestorsByKind.putIfAbsent(attestor.kind(), attestor) != null) {
        throw new IllegalArgumentException(
            "attestor '" + attestor.kind() + "' is there twice (expected: one of a kind)");
      }
    }
  }

  /** Returns the kinds of evidence that can be judged, in the order of their attestors. */
  public Set<String> kinds() {
    return Collections.unmodifiableSet(attestorsByKind.keySet());
  }

  /**
   * Judges evidence of a named kind.
   *
   * @throws RefusedException if it proves nothing, or nobody judges this kind
   */
  public Attestation attest(String kind, AttestationRequest request) {
    Attestor attestor = ofKind(kind);
    return judged(attestor, request);
  }

  /**
   * Judges a bearer credential; there is no way to challenge its holder.
   *
   * @throws RefusedException if it proves nothing, or nobody recognizes it
   */
  public AttestationResult attestBearer(AttestationRequest request) {
    Attestor attestor = recognizing(attestorsByKind.values(), request.evidence());
    return judged(attestor, request)
        .fold(
            challenge -> {
              throw new RefusedException(
                  RefusalReason.INVALID_EVIDENCE,
                  "evidence '" + attestor.kind() + "' needs a challenge (expected: a join call)");
            },
            result -> result);
  }

  /** Uses up the evidence of {@code result}; see {@link Attestor#redeem}. */
  public void redeem(AttestationResult result, String keyDigest) {
    String kind = result.evidenceId().substring(0, result.evidenceId().indexOf(':'));
    ofKind(kind).redeem(result, keyDigest);
  }

  private Attestor ofKind(String kind) {
    Attestor attestor = attestorsByKind.get(kind);
    if (attestor == null) {
      throw new RefusedException(
          RefusalReason.UNKNOWN_EVIDENCE,
          "evidence of kind '" + shortened(kind) + "' (expected: one of " + kinds() + ")");
    }
    return attestor;
  }

  private static Attestor recognizing(Collection<Attestor> attestors, String bearer) {
    for (Attestor attestor : attestors) {
      if (attestor.recognizes(bearer)) {
        return attestor;
      }
    }
    throw new RefusedException(
        RefusalReason.MALFORMED_TOKEN, "credential of " + bearer.length() + " characters");
  }

  private static Attestation judged(Attestor attestor, AttestationRequest request) {
    return checked(attestor, () -> attestor.attest(request));
  }

  /** Rules trust a selector for its kind alone: no attestor may speak for another one. */
  private static Attestation checked(Attestor attestor, Supplier<Attestation> judgement) {
    Attestation attestation;
    try {
      attestation = judgement.get();
    } catch (IllegalArgumentException e) {
      // E.g. a value that no selector may have: genuine, and still nothing to build on.
      throw new RefusedException(RefusalReason.INVALID_EVIDENCE, String.valueOf(e.getMessage()), e);
    }
    return attestation.fold(
        challenge ->
            new AttestationChallenge(
                challenge.text(),
                answer -> checked(attestor, () -> challenge.answered().apply(answer))),
        result -> {
          if (!result.evidenceId().startsWith(attestor.kind() + ":")
              || result.selectors().stream().anyMatch(s -> !s.kind().equals(attestor.kind()))) {
            throw new IllegalStateException(
                "attestor '"
                    + attestor.kind()
                    + "' returned "
                    + result
                    + " (expected: selectors and an id of its own kind)");
          }
          return result;
        });
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
