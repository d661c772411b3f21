package io.mooring.identity.attest;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What evidence proves. Immutable, without secrets.
 *
 * @param evidenceId names the evidence in audits and for its one use: {@code kind:id}, e.g. {@code
 *     join-token:1f0c...}
 * @param selectors facts about the machine, in sorted order
 */
public record AttestationResult(String evidenceId, Set<Selector> selectors) implements Attestation {

  public AttestationResult {
    requireNonNull(evidenceId, "evidenceId");
    selectors = Collections.unmodifiableSet(new TreeSet<>(selectors));
  }

  /** Returns the value of the first selector {@code kind:key:...}. */
  public Optional<String> value(String kind, String key) {
    return selectors.stream()
        .filter(selector -> selector.kind().equals(kind) && selector.key().equals(key))
        .map(Selector::value)
        .findFirst();
  }

  @Override
  public <T> T fold(
      Function<AttestationChallenge, T> challenged, Function<AttestationResult, T> attested) {
    return attested.apply(this);
  }
}
