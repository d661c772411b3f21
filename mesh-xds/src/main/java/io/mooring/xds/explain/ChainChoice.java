package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.service.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the filter chain of a connection as Envoy does: property by property, the most specific
 * value that fits, and never back. Pure.
 */
final class ChainChoice {

  private static final String TLS = "tls";
  private static final String PLAIN = "raw_buffer";
  private static final String HTTP = "http/1.1";

  private ChainChoice() {}

  /**
   * @param destination the IP that the connection goes to; empty where nobody knows it
   */
  static Optional<FilterChain> of(Listener listener, Call call, String destination) {
    List<FilterChain> chains = byDestination(listener.getFilterChainsList(), destination);
    chains = byServerName(chains, call.isTls() ? call.serverName() : "");
    chains = byTransport(chains, call.isTls() ? TLS : PLAIN);
    chains = byProtocol(chains, !call.isTls() && call.isHttp());
    if (!chains.isEmpty()) {
      return Optional.of(chains.get(0));
    }
    return listener.hasDefaultFilterChain()
        ? Optional.of(listener.getDefaultFilterChain())
        : Optional.empty();
  }

  private static List<FilterChain> byDestination(List<FilterChain> chains, String destination) {
    int longest = -1;
    for (FilterChain chain : chains) {
      for (CidrRange range : chain.getFilterChainMatch().getPrefixRangesList()) {
        if (holds(range, destination)) {
          longest = Math.max(longest, range.getPrefixLen().getValue());
        }
      }
    }
    int length = longest;
    return length < 0
        ? keep(chains, match -> match.getPrefixRangesCount() == 0)
        : keep(
            chains,
            match ->
                match.getPrefixRangesList().stream()
                    .anyMatch(
                        range ->
                            range.getPrefixLen().getValue() == length
                                && holds(range, destination)));
  }

  private static boolean holds(CidrRange range, String destination) {
    return IpAddress.isWithin(
        destination, range.getAddressPrefix() + "/" + range.getPrefixLen().getValue());
  }

  private static List<FilterChain> byServerName(List<FilterChain> chains, String name) {
    List<String> patterns = new ArrayList<>(List.of(name));
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      patterns.add("*" + name.substring(dot));
    }
    return patterns.stream()
        .filter(pattern -> !pattern.isEmpty())
        .map(pattern -> keep(chains, match -> match.getServerNamesList().contains(pattern)))
        .filter(kept -> !kept.isEmpty())
        .findFirst()
        .orElseGet(() -> keep(chains, match -> match.getServerNamesCount() == 0));
  }

  private static List<FilterChain> byTransport(List<FilterChain> chains, String transport) {
    List<FilterChain> exact = keep(chains, match -> match.getTransportProtocol().equals(transport));
    return exact.isEmpty() ? keep(chains, match -> match.getTransportProtocol().isEmpty()) : exact;
  }

  private static List<FilterChain> byProtocol(List<FilterChain> chains, boolean http) {
    List<FilterChain> exact =
        http
            ? keep(chains, match -> match.getApplicationProtocolsList().contains(HTTP))
            : List.of();
    return exact.isEmpty()
        ? keep(chains, match -> match.getApplicationProtocolsCount() == 0)
        : exact;
  }

  private static List<FilterChain> keep(
      List<FilterChain> chains, Predicate<FilterChainMatch> condition) {
    return chains.stream().filter(chain -> condition.test(chain.getFilterChainMatch())).toList();
  }
}
