package io.mooring.registry;

import java.util.ArrayList;
import java.util.List;

/** Writes IPv6 addresses in their one canonical form. RFC 5952 section 4. */
final class Ipv6Text {

  private static final int GROUPS = 8;

  private Ipv6Text() {}

  /** Returns the text of an address of 16 bytes. */
  static String compress(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
    }
    int from = 0;
    int longest = 0;
    for (int start = 0; start < GROUPS; start++) {
      int end = start;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - start > longest) { // of equals the first, RFC 5952 section 4.2.3
        from = start;
        longest = end - start;
      }
    }
    return longest < 2
        ? join(groups, 0, GROUPS)
        : join(groups, 0, from) + "::" + join(groups, from + longest, GROUPS);
  }

  private static String join(int[] groups, int from, int to) {
    List<String> parts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      parts.add(Integer.toHexString(groups[i]));
    }
    return String.join(":", parts);
  }
}
