package io.mooring.identity.attest;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * One fact about a machine, e.g. {@code aws:region:eu-west-1}. Immutable; sorted by its parts.
 *
 * @param kind the attestor that vouches for it
 * @param key what the fact is about
 * @param value 1 to 512 printable ASCII characters without spaces
 */
public record Selector(String kind, String key, String value) implements Comparable<Selector> {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Pattern VALUE = Pattern.compile("[!-~]{1,512}");
  private static final Comparator<Selector> ORDER =
      Comparator.comparing(Selector::kind)
          .thenComparing(Selector::key)
          .thenComparing(Selector::value);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one has characters that it may not have
   */
  public Selector {
    require(NAME, "kind", kind, "lower-case letters, digits and dashes");
    require(NAME, "key", key, "lower-case letters, digits and dashes");
    require(VALUE, "value", value, "1 to 512 printable ASCII characters");
  }

  /**
   * Returns the selector that {@code text} spells, {@code kind:key:value}.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static Selector parse(String text) {
    String[] parts = text.split(":", 3);
    if (parts.length != 3) {
      throw new IllegalArgumentException("selector '" + text + "' (expected: kind:key:value)");
    }
    return new Selector(parts[0], parts[1], parts[2]);
  }

  /** Returns whether a selector may have this value. */
  public static boolean isValue(String text) {
    return VALUE.matcher(text).matches();
  }

  private static void require(Pattern form, String field, String text, String expected) {
    if (!form.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "selector's " + field + " '" + text + "' (expected: " + expected + ")");
    }
  }

  @Override
  public int compareTo(Selector other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return kind + ":" + key + ":" + value;
  }
}
