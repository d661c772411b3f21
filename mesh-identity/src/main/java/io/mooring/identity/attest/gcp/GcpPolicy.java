package io.mooring.identity.attest.gcp;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which instances may join at all. Immutable.
 *
 * @param projects project ids, at least one
 * @param zones zones, e.g. {@code europe-west1-b}; empty for all
 * @param maxAge how long after its creation an instance may join; more than zero
 */
public record GcpPolicy(Set<String> projects, Set<String> zones, Duration maxAge) {

  /** Checks and copies the sets. */
  public GcpPolicy {
    requireNonNull(maxAge, "maxAge");
    projects = Collections.unmodifiableSet(new TreeSet<>(projects));
    zones = Collections.unmodifiableSet(new TreeSet<>(zones));
    if (projects.isEmpty()) {
      throw new IllegalArgumentException("projects are empty (expected: at least one)");
    }
    if (maxAge.isNegative() || maxAge.isZero()) {
      throw new IllegalArgumentException("maxAge " + maxAge + " (expected: more than 0)");
    }
  }
}
