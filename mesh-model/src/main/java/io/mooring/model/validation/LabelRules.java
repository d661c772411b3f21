package io.mooring.model.validation;

import java.util.Map;

/**
 * Rules of labels.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set">Labels</a>
 */
final class LabelRules {

  private static final int MAX_NAME = 63;

  private LabelRules() {}

  static void check(Map<String, String> labels, FieldPath path, Violations violations) {
    labels.forEach(
        (key, value) -> {
          checkKey(key, path.field(key), violations);
          if (!value.isEmpty() && !isQualifiedName(value)) {
            violations.error(path.field(key), value, "at most 63 letters, digits, '-', '_' or '.'");
          }
        });
  }

  static void checkKey(String key, FieldPath path, Violations violations) {
    int slash = key.indexOf('/');
    boolean prefixFits = slash < 0 || Names.isSubdomain(key.substring(0, slash));
    if (!prefixFits || !isQualifiedName(key.substring(slash + 1))) {
      violations.error(path, key, "a key such as app or example.org/app");
    }
  }

  private static boolean isQualifiedName(String text) {
    if (text.isEmpty() || text.length() > MAX_NAME) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      boolean inner = i > 0 && i < text.length() - 1;
      if (!(alphanumeric || (inner && (c == '-' || c == '_' || c == '.')))) {
        return false;
      }
    }
    return true;
  }
}
