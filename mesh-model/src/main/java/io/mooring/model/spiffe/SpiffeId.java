package io.mooring.model.spiffe;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;

/**
 * A SPIFFE ID, e.g. {@code spiffe://cluster.local/ns/demo/sa/ratings}. Immutable; ordered by its
 * text.
 *
 * @param trustDomain the domain that issued it
 * @param path {@code ""} or segments that each begin with {@code /}
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md">SPIFFE-ID</a>
 */
public record SpiffeId(TrustDomain trustDomain, String path) implements Comparable<SpiffeId> {

  private static final String SCHEME = "spiffe://";
  private static final int MAX_BYTES = 2048; // SPIFFE-ID 2.3

  /**
   * Checks the path.
   *
   * @throws InvalidSpiffeIdException if a segment is empty, {@code .} or {@code ..}, or has a
   *     character outside {@code a-z A-Z 0-9 . - _}, or the whole is longer than 2,048 bytes
   */
  public SpiffeId {
    requireNonNull(trustDomain, "trustDomain");
    requireNonNull(path, "path");
    String id = SCHEME + trustDomain.name() + path;
    if (id.length() > MAX_BYTES / 3 // most are far from it
        && id.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new InvalidSpiffeIdException(id, "longer than " + MAX_BYTES + " bytes");
    }
    if (!path.isEmpty()) {
      checkPath(id, path);
    }
  }

  /**
   * Returns the ID that {@code text} spells.
   *
   * @throws InvalidSpiffeIdException if it is no SPIFFE ID; the scheme is compared by byte, upper
   *     case is refused
   */
  public static SpiffeId parse(String text) {
    requireNonNull(text, "text");
    if (!text.startsWith(SCHEME)) {
      throw new InvalidSpiffeIdException(text, "scheme is missing (expected: spiffe://)");
    }
    int slash = text.indexOf('/', SCHEME.length());
    String domain =
        slash < 0 ? text.substring(SCHEME.length()) : text.substring(SCHEME.length(), slash);
    return new SpiffeId(new TrustDomain(domain), slash < 0 ? "" : text.substring(slash));
  }

  private static void checkPath(String id, String path) {
    if (path.charAt(0) != '/') {
      throw new InvalidSpiffeIdException(id, "the path does not begin with '/'");
    }
    int end;
    for (int from = 1; from <= path.length(); from = end + 1) {
      int slash = path.indexOf('/', from);
      end = slash < 0 ? path.length() : slash;
      checkSegment(id, path.substring(from, end));
    }
  }

  /** Checks one part of a path, which the whole of {@code id} is at fault for. */
  static void checkSegment(String id, String segment) {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw new InvalidSpiffeIdException(
          id, "path segment '" + segment + "' (expected: letters, digits, . - _)");
    }
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (!((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '.'
          || c == '-'
          || c == '_')) {
        String shown = InvalidSpiffeIdException.shown(Character.toString(c));
        throw new InvalidSpiffeIdException(
            id, "a path segment has '" + shown + "' (expected: letters, digits, . - _)");
      }
    }
  }

  @Override
  public int compareTo(SpiffeId other) {
    return toString().compareTo(other.toString());
  }

  /** Returns the URI. */
  @Override
  public String toString() {
    return SCHEME + trustDomain.name() + path;
  }
}
