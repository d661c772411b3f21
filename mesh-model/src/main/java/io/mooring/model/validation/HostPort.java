package io.mooring.model.validation;

import java.util.Optional;

/**
 * A host and a port as {@code host:port}; an IPv6 address is in brackets. Immutable.
 *
 * @param host what stands before the last colon, without brackets
 * @param port the number, 1..65535
 */
record HostPort(String host, int port) {

  /** What {@link #parse} accepts, for a message. */
  static final String EXPECTED = "host:port";

  /** Returns the two parts; empty where the text has not both. */
  static Optional<HostPort> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    if (bracketed != (host.indexOf(':') >= 0)) {
      return Optional.empty();
    }
    String port = text.substring(colon + 1);
    if (port.isEmpty()
        || port.length() > 5
        || !port.chars().allMatch(c -> c >= '0' && c <= '9')
        || Integer.parseInt(port) < 1
        || Integer.parseInt(port) > 65535) {
      return Optional.empty();
    }
    return Optional.of(new HostPort(host, Integer.parseInt(port)));
  }

  /** Returns whether this is {@code host:port} with a DNS name or an IP as host. */
  static boolean isAddress(String text) {
    return parse(text)
        .filter(address -> Names.isHost(address.host()) || Addresses.isIp(address.host()))
        .isPresent();
  }
}
