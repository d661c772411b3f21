package io.mooring.service;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Rules for addresses as they are written in configuration. Never asks DNS. */
public final class IpAddress {

  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;

  private IpAddress() {}

  /**
   * Returns whether {@code text} is an IPv4 address with four decimal parts, or an IPv6 address.
   */
  public static boolean isIp(String text) {
    return isIpv4(text) || isIpv6(text);
  }

  /**
   * Returns one spelling for all spellings of an IPv6 address; any other text as it is. For
   * comparison, not for output.
   */
  public static String canonical(String text) {
    return text.indexOf(':') >= 0 && isIpv6(text) ? parseIpv6(text).getHostAddress() : text;
  }

  /**
   * Returns whether {@code address} lies in a CIDR block, or is the same address; never for texts
   * that are neither.
   */
  public static boolean isWithin(String address, String block) {
    int slash = block.indexOf('/');
    if (slash < 0) {
      return canonical(address).equals(canonical(block));
    }
    String first = block.substring(0, slash);
    if (!isIp(address) || !isIp(first) || !block.substring(slash + 1).matches("[0-9]{1,3}")) {
      return false;
    }
    byte[] one = bytes(address);
    byte[] other = bytes(first);
    int prefix = Integer.parseInt(block.substring(slash + 1));
    if (one.length != other.length || prefix > one.length * 8) {
      return false;
    }
    BigInteger difference = new BigInteger(1, one).xor(new BigInteger(1, other));
    return difference.shiftRight(one.length * 8 - prefix).signum() == 0;
  }

  private static byte[] bytes(String ip) {
    try {
      return InetAddress.getByName(ip).getAddress(); // a literal is never looked up
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: '" + ip + "' (expected: an IP)", e);
    }
  }

  /** Returns the address of a CIDR block that holds one address only; any other text as it is. */
  static String withoutFullPrefix(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return text;
    }
    String address = text.substring(0, slash);
    int fullPrefix = isIpv4(address) ? IPV4_BITS : isIpv6(address) ? IPV6_BITS : -1;
    return text.substring(slash + 1).equals(String.valueOf(fullPrefix)) ? address : text;
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (part.isEmpty()
          || part.length() > 3
          || !part.chars().allMatch(c -> c >= '0' && c <= '9')
          || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIpv6(String text) {
    if (text.indexOf(':') < 0
        || !text.chars()
            .allMatch(c -> (Character.digit(c, 16) >= 0 && c < 128) || c == ':' || c == '.')) {
      return false;
    }
    try {
      parseIpv6(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static InetAddress parseIpv6(String text) {
    try {
      return InetAddress.getByName(text); // a text with a colon is never looked up
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: '" + text + "' (expected: an IPv6 address)", e);
    }
  }
}
