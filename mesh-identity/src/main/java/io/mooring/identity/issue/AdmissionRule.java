package io.mooring.identity.issue;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.attest.Selector;
import io.mooring.model.ConfigKey;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets machines into a WorkloadGroup that have all of some selectors. Immutable.
 *
 * @param selectors what a machine must have, at least one
 * @param group what it joins
 */
public record AdmissionRule(Set<Selector> selectors, ConfigKey group) {

  /**
   * Copies the selectors.
   *
   * @throws IllegalArgumentException if there is none: such a rule would admit every machine
   */
  public AdmissionRule {
    requireNonNull(group, "group");
    selectors = Collections.unmodifiableSet(new TreeSet<>(selectors));
    if (selectors.isEmpty()) {
      throw new IllegalArgumentException(
          "rule for " + group + " without selectors (expected: at least one)");
    }
  }

  /** Returns the rule for a WorkloadGroup; selectors are written {@code kind:key:value}. */
  public static AdmissionRule of(String namespace, String group, Set<String> selectors) {
    Set<Selector> parsed = new TreeSet<>();
    selectors.forEach(text -> parsed.add(Selector.parse(text)));
    return new AdmissionRule(parsed, new ConfigKey("WorkloadGroup", namespace, group));
  }
}
