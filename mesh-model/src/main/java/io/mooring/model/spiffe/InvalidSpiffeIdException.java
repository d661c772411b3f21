package io.mooring.model.spiffe;

/**
 * Thrown for text that is no SPIFFE ID or trust domain; the message has the text, shortened and
 * without control characters, and what was expected.
 */
public final class InvalidSpiffeIdException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;
  private static final int MAX_SHOWN = 128;

  /** Creates the exception for {@code value}, of which {@code problem} says what is wrong. */
  public InvalidSpiffeIdException(String value, String problem) {
    super("invalid SPIFFE ID '" + shown(value) + "': " + problem);
  }

  /** Returns foreign text as a message may have it: printable ASCII, at most 128 characters. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.chars()
        .limit(MAX_SHOWN)
        .forEach(
            c -> {
              if (c >= ' ' && c < 0x7F) {
                shown.append((char) c);
              } else {
                shown.append(String.format("\\u%04x", c));
              }
            });
    return text.length() > MAX_SHOWN ? shown.append("...").toString() : shown.toString();
  }
}
