package io.mooring.identity.attest;

import java.util.function.Function;

/** How far a machine's proof has come: done, or one answer away. Immutable. */
public sealed interface Attestation permits AttestationChallenge, AttestationResult {

  /** Returns what the function for this case returns. */
  <T> T fold(Function<AttestationChallenge, T> challenged, Function<AttestationResult, T> attested);
}
