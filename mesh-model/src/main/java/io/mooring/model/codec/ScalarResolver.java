package io.mooring.model.codec;

import io.mooring.model.codec.Tree.Scalar;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Gives YAML scalars their type by the core schema of YAML 1.2: {@code yes} and {@code on} are
 * text, {@code 010} is ten.
 *
 * @see <a href="https://yaml.org/spec/1.2.2/#103-core-schema">YAML 1.2 core schema</a>
 */
final class ScalarResolver {

  private static final String STANDARD = "tag:yaml.org,2002:";
  private static final int MAX_NUMBER = 64; // longer digits are kept as text: no field takes them

  private ScalarResolver() {}

  /** Returns the scalar; one with a tag that is not standard is text. */
  static Scalar resolve(String text, boolean plain, Optional<String> tag, int line, int column) {
    if (tag.isPresent() && !tag.get().equals("!")) {
      boolean typed =
          tag.get().startsWith(STANDARD)
              && !tag.get().equals(STANDARD + "str")
              && !tag.get().equals(STANDARD + "binary");
      return typed ? plain(text, line, column) : new Scalar(Scalar.Type.TEXT, text, line, column);
    }
    return plain && tag.isEmpty()
        ? plain(text, line, column)
        : new Scalar(Scalar.Type.TEXT, text, line, column);
  }

  private static Scalar plain(String text, int line, int column) {
    if (text.isEmpty()) {
      return new Scalar(Scalar.Type.NULL, "", line, column);
    }
    char first = text.charAt(0);
    if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
      return number(text, line, column);
    }
    return switch (text) {
      case "~", "null", "Null", "NULL" -> new Scalar(Scalar.Type.NULL, "", line, column);
      case "true", "True", "TRUE" -> new Scalar(Scalar.Type.BOOLEAN, "true", line, column);
      case "false", "False", "FALSE" -> new Scalar(Scalar.Type.BOOLEAN, "false", line, column);
      default -> new Scalar(Scalar.Type.TEXT, text, line, column);
    };
  }

  private static Scalar number(String text, int line, int column) {
    if (text.length() <= MAX_NUMBER) {
      if (isDigits(text, text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0, 10)) {
        boolean asPrinted = text.charAt(0) >= '1' && text.charAt(0) <= '9';
        String digits = asPrinted ? text : new BigInteger(text).toString();
        return new Scalar(Scalar.Type.INTEGER, digits, line, column);
      }
      if (text.startsWith("0x") && isDigits(text, 2, 16)) {
        return integer(text.substring(2), 16, line, column);
      }
      if (text.startsWith("0o") && isDigits(text, 2, 8)) {
        return integer(text.substring(2), 8, line, column);
      }
      if (isDecimal(text)) {
        return new Scalar(Scalar.Type.DECIMAL, text, line, column);
      }
    }
    return new Scalar(Scalar.Type.TEXT, text, line, column);
  }

  private static Scalar integer(String digits, int radix, int line, int column) {
    return new Scalar(Scalar.Type.INTEGER, new BigInteger(digits, radix).toString(), line, column);
  }

  private static boolean isDigits(String text, int from, int radix) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) > 'f' || Character.digit(text.charAt(i), radix) < 0) {
        return false;
      }
    }
    return from < text.length();
  }

  /**
   * {@code [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?} or infinity, NaN.
   */
  private static boolean isDecimal(String text) {
    int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    String unsigned = text.substring(at);
    if (unsigned.equalsIgnoreCase(".inf") || text.equalsIgnoreCase(".nan")) {
      return true;
    }
    int whole = skipDigits(text, at);
    int end = whole;
    if (end < text.length() && text.charAt(end) == '.') {
      end = skipDigits(text, end + 1);
    }
    if (end - at < 1 || (end - at == 1 && text.charAt(at) == '.')) {
      return false;
    }
    if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
      int exponent = end + 1;
      if (exponent < text.length()
          && (text.charAt(exponent) == '-' || text.charAt(exponent) == '+')) {
        exponent++;
      }
      end = skipDigits(text, exponent);
      return end == text.length() && end > exponent;
    }
    return end == text.length();
  }

  private static int skipDigits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
