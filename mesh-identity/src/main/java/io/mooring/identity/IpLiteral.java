package io.mooring.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tells IP literals from names, without ever asking DNS. Stateless. */
public final class IpLiteral {

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*");

  private IpLiteral() {}

  /** Returns the address that {@code text} spells, IPv6 without brackets; empty for a name. */
  public static Optional<InetAddress> parse(String text) {
    if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      // Four octets, or a colon: a literal or an error, the JDK looks up neither.
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Returns whether {@code text} is an IP address. */
  public static boolean matches(String text) {
    return parse(text).isPresent();
  }

  /**
   * Checks that {@code text} is an IP address that one machine can have: not {@code 0.0.0.0}, not
   * {@code ::}, no multicast address.
   *
   * @throws IllegalArgumentException if it is none; the message has {@code field} and {@code text}
   */
  public static void requireOneMachine(String field, String text) {
    if (parse(text).filter(IpLiteral::namesOneMachine).isEmpty()) {
      throw new IllegalArgumentException(
          field + " '" + text + "' (expected: an IP address of one machine)");
    }
  }

  /** Returns whether one machine can have this address. */
  public static boolean namesOneMachine(InetAddress address) {
    return !address.isAnyLocalAddress() && !address.isMulticastAddress();
  }
}
