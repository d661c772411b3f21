package io.mooring.model.validation;

/** Shows foreign text in a message: on one line, without control characters, not too long. */
public final class Quoted {

  private static final int MAX_SHOWN = 80;

  private Quoted() {}

  /** Returns {@code 'value'}, shortened to 80 characters. */
  public static String value(String value) {
    return "'" + text(value, MAX_SHOWN) + "'";
  }

  /** Returns the text on one line, shortened to {@code max} characters and three dots. */
  public static String text(String value, int max) {
    int length = Math.min(value.length(), max);
    StringBuilder shown = new StringBuilder(length + 3);
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.SURROGATE,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR,
            Character.UNASSIGNED ->
            appendEscaped(shown, value, i);
        default -> shown.append(c);
      }
    }
    return value.length() > max ? shown.append("...").toString() : shown.toString();
  }

  private static void appendEscaped(StringBuilder shown, String value, int i) {
    char c = value.charAt(i);
    boolean high = Character.isHighSurrogate(c);
    int partner = high ? i + 1 : i - 1;
    boolean paired =
        partner >= 0
            && partner < value.length()
            && Character.isSurrogate(c)
            && (high
                ? Character.isLowSurrogate(value.charAt(partner))
                : Character.isHighSurrogate(value.charAt(partner)));
    switch (c) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      default -> {
        if (paired) {
          shown.append(c);
        } else {
          shown.append(String.format("\\u%04x", (int) c));
        }
      }
    }
  }
}
