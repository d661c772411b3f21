package io.mooring.model.validation;

import java.util.Locale;
import java.util.regex.Pattern;

/** The syntax of names, hosts and addresses. Pure. */
final class Names {

  /** What {@link #isLabel} accepts, for a message. */
  static final String LABEL = "1 to 63 letters, digits or '-'";

  /** What {@link #isKubernetesLabel} accepts, for a message. */
  static final String KUBERNETES_LABEL = "1 to 63 lower-case letters, digits or '-'";

  /** What {@link #isSubdomain} accepts, for a message. */
  static final String SUBDOMAIN = "a lower-case DNS-1123 name of at most 253 characters";

  /** What {@link #isHost} accepts, for a message. */
  static final String HOST = "a DNS name";

  /** What {@link #isWildcardHost} accepts, for a message. */
  static final String WILDCARD_HOST = "a DNS name, whose first label may be '*'";

  /** What {@link #isMatchHeader} accepts, for a message. */
  static final String MATCH_HEADER = "a header name of letters, digits, '-' and '_'";

  private static final int MAX_LABEL = 63; // RFC 1123
  private static final int MAX_HOST = 255;
  private static final int MAX_NAME = 253;
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+"); // RFC 9110

  private Names() {}

  /** Whether this is a DNS-1123 label as Istio takes them: of any case. */
  static boolean isLabel(String text) {
    return isLabel(text, MAX_LABEL, true);
  }

  /** Whether this is a DNS-1123 label as Kubernetes takes them: of lower case. */
  static boolean isKubernetesLabel(String text) {
    return isLabel(text, MAX_LABEL, false);
  }

  private static boolean isLabel(String text, int maxLength, boolean anyCase) {
    if (text.isEmpty() || text.length() > maxLength) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean inner = i > 0 && i < text.length() - 1;
      if (!(isAlphanumeric(c, anyCase) || (inner && c == '-'))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c, boolean anyCase) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (anyCase && c >= 'A' && c <= 'Z');
  }

  /**
   * Whether this is a DNS-1123 subdomain as Kubernetes names have them: the length of the whole is
   * bounded, not that of its labels.
   */
  static boolean isSubdomain(String text) {
    if (text.isEmpty() || text.length() > MAX_NAME) {
      return false;
    }
    for (String label : text.split("\\.", -1)) {
      if (!isLabel(label, MAX_NAME, false)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether this is a DNS name: case does not matter, one label is enough, a trailing dot is
   * accepted, a last label of digits only is not.
   */
  static boolean isHost(String text) {
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (name.isEmpty() || text.length() > MAX_HOST) {
      return false;
    }
    String[] labels = name.split("\\.", -1);
    for (String label : labels) {
      if (!isLabel(label)) {
        return false;
      }
    }
    return !labels[labels.length - 1].chars().allMatch(Character::isDigit);
  }

  /**
   * Whether this is a DNS name, {@code *}, or a DNS name whose first label begins with it. A single
   * label may be digits only.
   */
  static boolean isWildcardHost(String text) {
    if (text.length() > MAX_HOST) {
      return false;
    }
    int dot = text.indexOf('.');
    String first = dot < 0 ? text : text.substring(0, dot);
    if (first.startsWith("*-")) {
      first = first.substring(2);
    } else if (first.startsWith("*")) {
      first = first.length() == 1 ? "x" : first.substring(1);
    }
    return isLabel(first)
        && (dot < 0
            || isHost(text.substring(dot + 1))
            || (dot == text.length() - 1 && !text.startsWith("*")));
  }

  /** Whether a host, perhaps with a wildcard, and another one have names in common. */
  static boolean overlap(String one, String other) {
    return covers(one, other) || covers(other, one);
  }

  /** Whether a host, perhaps with a wildcard, contains all that another one does. */
  static boolean covers(String host, String name) {
    String lowerHost = host.toLowerCase(Locale.ROOT);
    String lowerName = name.toLowerCase(Locale.ROOT);
    return lowerHost.equals(lowerName)
        || (lowerHost.startsWith("*") && lowerName.endsWith(lowerHost.substring(1)));
  }

  /** Whether this is a header that agents may send with a probe, by the rule of Kubernetes. */
  static boolean isProbeHeader(String text) {
    return isMatchHeader(text) && text.indexOf('_') < 0;
  }

  /** Whether this is a name of an HTTP header with fewer signs than HTTP allows. */
  static boolean isMatchHeader(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> c == '-' || c == '_' || isAlphanumeric((char) c, true));
  }

  /** Whether this is a name of an HTTP header. */
  static boolean isHeader(String text) {
    return HEADER.matcher(text).matches();
  }
}
