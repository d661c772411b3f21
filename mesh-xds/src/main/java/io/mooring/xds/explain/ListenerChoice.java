package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.mooring.service.MeshService;
import io.mooring.xds.explain.Step.Rejection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which listener accepts a connection to a service's port, and where it leads. */
final class ListenerChoice {

  private static final String ANY_IPV4 = "0.0.0.0";
  private static final String ANY_IPV6 = "::";

  private final Generated generated;
  private final MeshService service;
  private final String host;
  private final int port;
  private final List<String> chosen = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private @Nullable VirtualHost virtualHost;
  private List<String> clusters = List.of();

  ListenerChoice(Generated generated, MeshService service, String host, int port) {
    this.generated = generated;
    this.service = service;
    this.host = host;
    this.port = port;
    generated.listeners().stream()
        .filter(listener -> listener.getTrafficDirection() == TrafficDirection.OUTBOUND)
        .filter(listener -> port(listener) == port)
        .sorted(Comparator.comparing(this::isGeneral)) // an address of its own goes first
        .forEach(this::consider);
  }

  List<String> chosen() {
    return chosen;
  }

  List<Rejection> rejected() {
    return rejected;
  }

  /** Returns where requests are routed; empty where bytes are. */
  Optional<VirtualHost> virtualHost() {
    return Optional.ofNullable(virtualHost);
  }

  /** Returns where bytes are routed; empty where requests are. */
  List<String> clusters() {
    return clusters;
  }

  private static int port(Listener listener) {
    return listener.getAddress().getSocketAddress().getPortValue();
  }

  private static String address(Listener listener) {
    return listener.getAddress().getSocketAddress().getAddress();
  }

  private boolean isGeneral(Listener listener) {
    return !service.addresses().contains(address(listener));
  }

  private void consider(Listener listener) {
    if (!chosen.isEmpty()) {
      rejected.add(new Rejection(listener.getName(), "another listener is nearer"));
      return;
    }
    List<FilterChain> chains = new ArrayList<>(listener.getFilterChainsList());
    if (listener.hasDefaultFilterChain()) {
      chains.add(listener.getDefaultFilterChain());
    }
    for (FilterChain chain : chains) {
      for (Filter filter : chain.getFiltersList()) {
        if (leadsToService(filter)) {
          chosen.add(
              "%s on %s:%d%s"
                  .formatted(
                      listener.getName(),
                      address(listener),
                      port,
                      virtualHost == null ? ", connections" : ", HTTP requests"));
          return;
        }
      }
    }
    boolean isForAll = List.of(ANY_IPV4, ANY_IPV6).contains(address(listener));
    rejected.add(
        new Rejection(
            listener.getName(),
            isForAll ? "it does not lead to the service" : "it is for " + address(listener)));
  }

  private boolean leadsToService(Filter filter) {
    if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
      HttpConnectionManager http =
          Generated.unpack(filter.getTypedConfig(), HttpConnectionManager.class);
      virtualHost =
          generated
              .routes(http.getRds().getRouteConfigName())
              .flatMap(routes -> VirtualHosts.find(routes, authorities()))
              .orElse(null);
      return virtualHost != null;
    }
    if (filter.getTypedConfig().is(TcpProxy.class)) {
      List<String> named = clusters(Generated.unpack(filter.getTypedConfig(), TcpProxy.class));
      if (named.stream().anyMatch(it -> it.endsWith("|" + service.host()))) {
        clusters = named;
        return true;
      }
    }
    return false;
  }

  private static List<String> clusters(TcpProxy proxy) {
    return proxy.hasWeightedClusters()
        ? proxy.getWeightedClusters().getClustersList().stream()
            .map(TcpProxy.WeightedCluster.ClusterWeight::getName)
            .toList()
        : List.of(proxy.getCluster());
  }

  /** What clients may write as the host of a request to the service, the likeliest first. */
  private List<String> authorities() {
    return List.of(host, host + ":" + port, service.host(), service.host() + ":" + port);
  }
}
