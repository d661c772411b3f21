package io.mooring.identity.bootstrap;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Tells IP literals from names, without ever asking DNS. */
final class IpLiteral {

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*");

  private IpLiteral() {}

  static boolean matches(String text) {
    if (V4.matcher(text).matches()) {
      return true;
    }
    if (!V6.matcher(text).matches()) {
      return false;
    }
    try {
      // A colon makes it a literal or an error: the JDK looks up neither.
      return !InetAddress.getByName(text).getHostAddress().isEmpty();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  static void require(String field, String text) {
    if (!matches(text)) {
      throw new IllegalArgumentException(field + " '" + text + "' (expected: an IP address)");
    }
  }
}
