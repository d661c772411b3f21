package io.mooring.xds.translate.listener;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Spells filter chains in one line each: {@code match -> what is done with the bytes}. */
final class Chains {

  private Chains() {}

  static List<String> of(Listener listener) {
    List<String> lines = new ArrayList<>();
    listener.getFilterChainsList().forEach(chain -> lines.add(line(chain)));
    if (listener.hasDefaultFilterChain()) {
      lines.add("else " + line(listener.getDefaultFilterChain()));
    }
    return lines;
  }

  /** Returns the chains that match this destination port, and no other. */
  static List<String> ofPort(Listener listener, int port) {
    return listener.getFilterChainsList().stream()
        .filter(chain -> chain.getFilterChainMatch().getDestinationPort().getValue() == port)
        .map(Chains::line)
        .toList();
  }

  static List<String> inspectors(Listener listener) {
    return listener.getListenerFiltersList().stream()
        .map(ListenerFilter::getName)
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .toList();
  }

  static HttpConnectionManager manager(FilterChain chain) {
    return unpack(chain.getFilters(0).getTypedConfig(), HttpConnectionManager.class);
  }

  private static String line(FilterChain chain) {
    String tls = chain.hasTransportSocket() ? "mtls " : "";
    return (match(chain.getFilterChainMatch()) + " -> " + tls + action(chain)).strip();
  }

  private static String match(FilterChainMatch match) {
    List<String> conditions = new ArrayList<>();
    match
        .getPrefixRangesList()
        .forEach(
            range ->
                conditions.add(range.getAddressPrefix() + "/" + range.getPrefixLen().getValue()));
    conditions.addAll(match.getServerNamesList());
    if (!match.getTransportProtocol().isEmpty()) {
      conditions.add(match.getTransportProtocol().equals("tls") ? "tls" : "raw");
    }
    if (match.getApplicationProtocolsCount() > 0) {
      conditions.add(String.join(",", match.getApplicationProtocolsList()));
    }
    return String.join(" ", conditions);
  }

  private static String action(FilterChain chain) {
    Any config = chain.getFilters(0).getTypedConfig();
    if (config.is(TcpProxy.class)) {
      TcpProxy proxy = unpack(config, TcpProxy.class);
      return proxy.hasWeightedClusters()
          ? proxy.getWeightedClusters().getClustersList().stream()
              .map(cluster -> cluster.getName() + "*" + cluster.getWeight())
              .collect(Collectors.joining(" ", "tcp ", ""))
          : "tcp " + proxy.getCluster();
    }
    HttpConnectionManager manager = unpack(config, HttpConnectionManager.class);
    return manager.hasRds()
        ? "http rds " + manager.getRds().getRouteConfigName()
        : "http "
            + manager.getRouteConfig().getVirtualHosts(0).getRoutes(0).getRoute().getCluster();
  }

  private static <T extends com.google.protobuf.Message> T unpack(Any any, Class<T> type) {
    try {
      return any.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
