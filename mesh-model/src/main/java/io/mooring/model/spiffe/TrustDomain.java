package io.mooring.model.spiffe;

import static java.util.Objects.requireNonNull;

/**
 * A SPIFFE trust domain, e.g. {@code cluster.local}. Immutable; ordered by name.
 *
 * @param name 1 to 255 characters of {@code a-z 0-9 . - _}
 * @see <a
 *     href="https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#21-trust-domain">SPIFFE-ID
 *     2.1</a>
 */
public record TrustDomain(String name) implements Comparable<TrustDomain> {

  private static final int MAX_LENGTH = 255; // SPIFFE-ID 2.3

  /**
   * Checks the name.
   *
   * @throws InvalidSpiffeIdException if {@code name} is empty, too long or has other characters
   */
  public TrustDomain {
    requireNonNull(name, "name");
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      throw new InvalidSpiffeIdException(
          name,
          "trust domain has " + name.length() + " characters (expected: 1 to " + MAX_LENGTH + ")");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')) {
        throw new InvalidSpiffeIdException(
            name,
            "trust domain has '"
                + InvalidSpiffeIdException.shown(Character.toString(c))
                + "' (expected: a-z 0-9 . - _)");
      }
    }
  }

  /**
   * Returns the ID of a workload of this domain: {@code
   * spiffe://name/ns/namespace/sa/serviceAccount}.
   *
   * @throws InvalidSpiffeIdException if one of the two is not exactly one segment of a path: a
   *     slash in it would name somebody else
   */
  public SpiffeId workload(String namespace, String serviceAccount) {
    String path = "/ns/" + namespace + "/sa/" + serviceAccount;
    SpiffeId.checkSegment(path, namespace);
    SpiffeId.checkSegment(path, serviceAccount);
    return new SpiffeId(this, path);
  }

  @Override
  public int compareTo(TrustDomain other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
