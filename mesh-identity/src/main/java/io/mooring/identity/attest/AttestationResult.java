package io.mooring.identity.attest;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What evidence proves. Immutable, without secrets.
 *
 * @param evidenceId names the evidence in audits, e.g. {@code join-token:1f0c...}
 * @param group the WorkloadGroup that the machine may join
 * @param selectors facts about the machine, {@code type:value}, in sorted order
 */
public record AttestationResult(String evidenceId, ConfigKey group, Set<String> selectors) {

  public AttestationResult {
    requireNonNull(evidenceId, "evidenceId");
    requireNonNull(group, "group");
    selectors = Collections.unmodifiableSet(new TreeSet<>(selectors));
  }
}
