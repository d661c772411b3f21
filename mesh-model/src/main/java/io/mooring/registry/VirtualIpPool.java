package io.mooring.registry;

import static java.util.Objects.requireNonNull;

import io.mooring.service.IpAddress;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * The addresses that are allocated to hosts which have none of their own: an IPv4 and an IPv6
 * address at the same distance from the beginning of their ranges. Immutable.
 *
 * @param ipv4Range IPv4 block, /8 to /30; nobody else may use it
 * @param ipv6Range IPv6 block, /8 to /126; nobody else may use it
 * @param quarantine how long the addresses of a host that went are not given to another host:
 *     longer than clients remember what DNS told them
 */
public record VirtualIpPool(String ipv4Range, String ipv6Range, Duration quarantine) {

  /** Istio's ranges, and a day of quarantine. */
  public static final VirtualIpPool DEFAULTS =
      new VirtualIpPool("240.240.0.0/16", "2001:2::/48", Duration.ofDays(1));

  private static final int MAX_BITS = 24;

  /** Checks the ranges; throws IllegalArgumentException for one that is none. */
  public VirtualIpPool {
    requireRange("ipv4Range", ipv4Range, 32);
    requireRange("ipv6Range", ipv6Range, 128);
    requireNonNull(quarantine, "quarantine");
    if (quarantine.isNegative()) {
      throw new IllegalArgumentException("quarantine: " + quarantine + " (expected: 0 or more)");
    }
  }

  private static void requireRange(String name, String range, int bits) {
    String[] parts = range.split("/", -1);
    if (parts.length == 2 && parts[1].matches("[0-9]{1,3}")) {
      int prefix = Integer.parseInt(parts[1]);
      boolean family = parts[0].indexOf(':') >= 0 == (bits == 128);
      if (family && isLiteral(parts[0]) && prefix >= 8 && prefix <= bits - 2) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "%s: '%s' (expected: an IPv%d block, /8 to /%d)"
            .formatted(name, range, bits == 32 ? 4 : 6, bits - 2));
  }

  private static boolean isLiteral(String address) {
    return address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
        && (address.indexOf(':') >= 0 || address.split("\\.", -1).length == 4);
  }

  /** Returns how many slots there are, a power of two. */
  int slots() {
    int bits = Math.min(32 - prefix(ipv4Range), 128 - prefix(ipv6Range));
    return 1 << Math.min(bits, MAX_BITS);
  }

  /** Returns whether a slot is one that anybody may have: clients take x.0 and x.255 for nobody. */
  static boolean isUsable(int slot) {
    int last = slot & 0xff;
    return last != 0 && last != 0xff;
  }

  /** Returns the IPv4 address of a slot. */
  String ipv4(int slot) {
    return at(ipv4Range, slot);
  }

  /** Returns the IPv6 address of a slot. */
  String ipv6(int slot) {
    return at(ipv6Range, slot);
  }

  /** Returns whether a block and one of the ranges have an address in common. */
  boolean overlaps(String block) {
    return overlap(block, ipv4Range) || overlap(block, ipv6Range);
  }

  private static boolean overlap(String one, String other) {
    return IpAddress.isWithin(one.substring(0, one.indexOf('/')), other)
        || IpAddress.isWithin(other.substring(0, other.indexOf('/')), one);
  }

  private static int prefix(String range) {
    return Integer.parseInt(range.substring(range.indexOf('/') + 1));
  }

  private static String at(String range, int slot) {
    try {
      byte[] base = InetAddress.getByName(range.substring(0, range.indexOf('/'))).getAddress();
      int hostBits = base.length * 8 - prefix(range);
      BigInteger first = new BigInteger(1, base).shiftRight(hostBits).shiftLeft(hostBits);
      byte[] sum = first.add(BigInteger.valueOf(slot)).toByteArray();
      byte[] address = new byte[base.length];
      int length = Math.min(sum.length, address.length);
      System.arraycopy(sum, sum.length - length, address, address.length - length, length);
      return text(InetAddress.getByAddress(address));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("range " + range + " has no slot " + slot, e);
    }
  }

  /** IPv6 in the short form that people and Envoy write: {@code 2001:2::1f}. */
  private static String text(InetAddress address) {
    if (address.getAddress().length == 4) {
      return address.getHostAddress();
    }
    return Ipv6Text.compress(address.getAddress());
  }
}
