package io.mooring.identity.attest.aws;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which instances may join at all. Immutable.
 *
 * @param accounts AWS accounts, 12 digits each; at least one
 * @param maxAge how long after its launch an instance may join; more than zero
 */
public record AwsPolicy(Set<String> accounts, Duration maxAge) {

  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

  /** Checks and copies the accounts. */
  public AwsPolicy {
    requireNonNull(maxAge, "maxAge");
    accounts = Collections.unmodifiableSet(new TreeSet<>(accounts));
    if (accounts.isEmpty() || accounts.stream().anyMatch(a -> !ACCOUNT.matcher(a).matches())) {
      throw new IllegalArgumentException(
          "accounts " + accounts + " (expected: at least one, 12 digits each)");
    }
    if (maxAge.isNegative() || maxAge.isZero()) {
      throw new IllegalArgumentException("maxAge " + maxAge + " (expected: more than 0)");
    }
  }
}
