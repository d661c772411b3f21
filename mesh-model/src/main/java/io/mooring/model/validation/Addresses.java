package io.mooring.model.validation;

/** The syntax of IP addresses, CIDR blocks and Unix sockets, without resolving anything. Pure. */
final class Addresses {

  /** What {@link #isUnix} accepts, for a message. */
  static final String UNIX = "unix:///absolute/path or unix://@abstract";

  private static final String UNIX_SCHEME = "unix://";

  private Addresses() {}

  static boolean isIp(String text) {
    return isIpv4(text) || isIpv6(text);
  }

  /** Whether this is an IP, a slash and a prefix length. */
  static boolean isCidr(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return false;
    }
    String ip = text.substring(0, slash);
    int bits = decimal(text.substring(slash + 1), 128);
    return bits >= 0 && (isIpv4(ip) ? bits <= 32 : isIpv6(ip));
  }

  /** Whether this claims to be a Unix socket. */
  static boolean looksUnix(String text) {
    return text.startsWith(UNIX_SCHEME);
  }

  /** Whether this is a Unix socket: an absolute path that is no directory, or an abstract name. */
  static boolean isUnix(String text) {
    String path = text.substring(UNIX_SCHEME.length());
    return path.length() > 1
        && (path.startsWith("/") || path.startsWith("@"))
        && !path.endsWith("/");
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (decimal(part, 255) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Eight groups, of which a run of zeros may be "::"; the last two may be an IPv4 address. */
  private static boolean isIpv6(String text) {
    if (text.length() > 45 || text.indexOf(':') < 0) {
      return false;
    }
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text, true) == 8;
    }
    if (text.indexOf("::", gap + 1) >= 0) {
      return false;
    }
    int before = groups(text.substring(0, gap), false);
    int after = groups(text.substring(gap + 2), true);
    return before >= 0 && after >= 0 && before + after <= 7;
  }

  /** The number of groups; -1 where one is none. */
  private static int groups(String text, boolean mayEndInIpv4) {
    if (text.isEmpty()) {
      return 0;
    }
    String[] parts = text.split(":", -1);
    for (int i = 0; i < parts.length; i++) {
      if (mayEndInIpv4 && i == parts.length - 1 && isIpv4(parts[i])) {
        return parts.length + 1;
      }
      if (parts[i].isEmpty()
          || parts[i].length() > 4
          || !parts[i].chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0)) {
        return -1;
      }
    }
    return parts.length;
  }

  /** The number, without leading zeros; -1 where the text is none or too large. */
  private static int decimal(String text, int max) {
    if (text.isEmpty()
        || text.length() > 3
        || (text.length() > 1 && text.charAt(0) == '0')
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int value = Integer.parseInt(text);
    return value <= max ? value : -1;
  }
}
