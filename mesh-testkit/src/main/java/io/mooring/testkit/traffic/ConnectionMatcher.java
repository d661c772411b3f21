package io.mooring.testkit.traffic;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds the listener and the filter chain of a connection as Envoy does: one criterion after the
 * other, each time keeping only the chains with the most specific match, and never going back.
 */
final class ConnectionMatcher {

  private ConnectionMatcher() {}

  /**
   * A listener that takes a connection.
   *
   * @param restored whether the destination is one that capture restored: only then can an
   *     ORIGINAL_DST cluster use it
   */
  record Accepted(Listener listener, boolean restored) {}

  /** Returns the listener that gets the connection, directly or by capture. */
  static Optional<Accepted> listener(List<Listener> listeners, TrafficConnection connection) {
    List<Listener> facing =
        listeners.stream().filter(listener -> faces(listener, connection)).toList();
    Optional<Accepted> direct =
        Stream.<Predicate<SocketAddress>>of(
                address -> address.getAddress().equals(connection.address()),
                address -> isWildcard(address.getAddress()))
            .flatMap(
                addressMatches ->
                    facing.stream()
                        .filter(
                            listener ->
                                addresses(listener).stream()
                                    .filter(address -> address.getPortValue() == connection.port())
                                    .anyMatch(addressMatches)))
            .findFirst()
            .map(listener -> new Accepted(listener, !bindsToPort(listener)));
    return direct.isPresent()
        ? direct
        : facing.stream()
            .filter(ConnectionMatcher::captures)
            .findFirst()
            .map(listener -> new Accepted(listener, true));
  }

  private static boolean faces(Listener listener, TrafficConnection connection) {
    return switch (listener.getTrafficDirection()) {
      case INBOUND -> connection.direction() == TrafficConnection.Direction.INBOUND;
      case OUTBOUND -> connection.direction() == TrafficConnection.Direction.OUTBOUND;
      case UNSPECIFIED, UNRECOGNIZED -> true;
    };
  }

  static boolean captures(Listener listener) {
    return listener.getUseOriginalDst().getValue()
        || hasFilter(listener, "envoy.filters.listener.original_dst");
  }

  static boolean bindsToPort(Listener listener) {
    return !listener.hasBindToPort() || listener.getBindToPort().getValue();
  }

  /** Returns all addresses of a listener; those that are no sockets are left out. */
  static List<SocketAddress> addresses(Listener listener) {
    List<Address> all = new ArrayList<>(List.of(listener.getAddress()));
    listener.getAdditionalAddressesList().forEach(more -> all.add(more.getAddress()));
    return all.stream().filter(Address::hasSocketAddress).map(Address::getSocketAddress).toList();
  }

  static boolean isWildcard(String address) {
    return address.equals("0.0.0.0") || address.equals("::");
  }

  /** Returns the filter chain of the connection, the default chain included. */
  static Optional<FilterChain> chain(Listener listener, TrafficConnection connection) {
    List<FilterChain> chains = listener.getFilterChainsList();
    chains.forEach(chain -> requireSimulated(listener, chain.getFilterChainMatch()));
    chains = byPort(chains, connection.port());
    chains = byAddress(chains, connection.address());
    chains = byServerName(chains, inspected(listener, connection, connection.serverName(), ""));
    chains = byTransport(chains, connection.transportProtocol());
    chains =
        byApplicationProtocol(
            chains, inspected(listener, connection, connection.applicationProtocols(), List.of()));
    if (chains.isEmpty()) {
      return listener.hasDefaultFilterChain()
          ? Optional.of(listener.getDefaultFilterChain())
          : Optional.empty();
    }
    return Optional.of(chains.get(0));
  }

  private static void requireSimulated(Listener listener, FilterChainMatch match) {
    if (match.getSourcePrefixRangesCount() > 0
        || match.getDirectSourcePrefixRangesCount() > 0
        || match.getSourcePortsCount() > 0
        || match.getSourceType() != FilterChainMatch.ConnectionSourceType.ANY) {
      throw new UnsupportedConfigurationException(
          "listener " + listener.getName(), "a filter chain match on the source");
    }
  }

  private static List<FilterChain> byPort(List<FilterChain> chains, int port) {
    List<FilterChain> exact =
        keep(
            chains,
            match -> match.hasDestinationPort() && match.getDestinationPort().getValue() == port);
    return exact.isEmpty() ? keep(chains, match -> !match.hasDestinationPort()) : exact;
  }

  private static List<FilterChain> byAddress(List<FilterChain> chains, String address) {
    int longest =
        chains.stream()
            .flatMap(chain -> chain.getFilterChainMatch().getPrefixRangesList().stream())
            .filter(range -> contains(range, address))
            .map(range -> range.getPrefixLen().getValue())
            .max(Comparator.naturalOrder())
            .orElse(-1);
    return longest < 0
        ? keep(chains, match -> match.getPrefixRangesCount() == 0)
        : keep(
            chains,
            match ->
                match.getPrefixRangesList().stream()
                    .anyMatch(
                        range ->
                            range.getPrefixLen().getValue() == longest
                                && contains(range, address)));
  }

  private static List<FilterChain> byServerName(List<FilterChain> chains, String serverName) {
    List<String> candidates = new ArrayList<>();
    candidates.add(serverName);
    for (int dot = serverName.indexOf('.'); dot >= 0; dot = serverName.indexOf('.', dot + 1)) {
      candidates.add("*" + serverName.substring(dot));
    }
    return candidates.stream()
        .filter(name -> !name.isEmpty())
        .map(name -> keep(chains, match -> match.getServerNamesList().contains(name)))
        .filter(kept -> !kept.isEmpty())
        .findFirst()
        .orElseGet(() -> keep(chains, match -> match.getServerNamesCount() == 0));
  }

  private static List<FilterChain> byTransport(List<FilterChain> chains, String transport) {
    List<FilterChain> exact = keep(chains, match -> match.getTransportProtocol().equals(transport));
    return exact.isEmpty() ? keep(chains, match -> match.getTransportProtocol().isEmpty()) : exact;
  }

  private static List<FilterChain> byApplicationProtocol(
      List<FilterChain> chains, List<String> protocols) {
    return protocols.stream()
        .map(
            protocol ->
                keep(chains, match -> match.getApplicationProtocolsList().contains(protocol)))
        .filter(kept -> !kept.isEmpty())
        .findFirst()
        .orElseGet(() -> keep(chains, match -> match.getApplicationProtocolsCount() == 0));
  }

  /** Without an inspector Envoy does not look into the connection. */
  private static <T> T inspected(
      Listener listener, TrafficConnection connection, T seen, T unseen) {
    String inspector =
        connection.transportProtocol().equals("tls")
            ? "envoy.filters.listener.tls_inspector"
            : "envoy.filters.listener.http_inspector";
    return hasFilter(listener, inspector) ? seen : unseen;
  }

  private static boolean hasFilter(Listener listener, String name) {
    return listener.getListenerFiltersList().stream()
        .map(ListenerFilter::getName)
        .anyMatch(name::equals);
  }

  private static List<FilterChain> keep(
      List<FilterChain> chains, Predicate<FilterChainMatch> condition) {
    return chains.stream().filter(chain -> condition.test(chain.getFilterChainMatch())).toList();
  }

  private static boolean contains(CidrRange range, String address) {
    byte[] prefix = bytes(range.getAddressPrefix());
    byte[] candidate = bytes(address);
    int bits = range.getPrefixLen().getValue();
    if (prefix.length != candidate.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((prefix[bit / 8] & mask) != (candidate[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static byte[] bytes(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: '" + address + "' (expected: an IP address)", e);
    }
  }
}
