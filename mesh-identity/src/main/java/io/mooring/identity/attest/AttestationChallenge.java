package io.mooring.identity.attest;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;

/**
 * A question to a machine that only the holder of its evidence can answer. Immutable; for one
 * answer, to the caller that it was made for.
 *
 * @param text the question, in printable ASCII
 * @param answered judges the answer; throws {@link RefusedException} if it is wrong
 */
public record AttestationChallenge(String text, Function<String, Attestation> answered)
    implements Attestation {

  public AttestationChallenge {
    requireNonNull(text, "text");
    requireNonNull(answered, "answered");
  }

  @Override
  public <T> T fold(
      Function<AttestationChallenge, T> challenged, Function<AttestationResult, T> attested) {
    return challenged.apply(this);
  }

  @Override
  public String toString() {
    return "AttestationChallenge[" + text.length() + " characters]";
  }
}
