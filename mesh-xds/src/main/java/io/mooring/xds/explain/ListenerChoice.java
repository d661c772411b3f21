package io.mooring.xds.explain;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.mooring.model.networking.RouteDestination;
import io.mooring.model.networking.VirtualServiceSpec;
import io.mooring.xds.explain.Step.Rejection;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.translate.cluster.ClusterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which listener accepts a connection to a service's port, and where it leads. */
final class ListenerChoice {

  private static final String ANY_IPV4 = "0.0.0.0";
  private static final String ANY_IPV6 = "::";

  private final Generated generated;
  private final Call call;
  private final List<String> chosen = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private @Nullable VirtualHost virtualHost;
  private List<String> clusters = List.of();
  private List<String> takenBy = List.of();

  ListenerChoice(Generated generated, Call call) {
    this.generated = generated;
    this.call = call;
    if (call.node().dialect() == ProxyNode.Dialect.GRPC) {
      channels().forEach(this::dial);
    } else {
      accept();
    }
  }

  /** Returns what a program without a proxy asks for by the name of its target. */
  private List<Listener> channels() {
    return call.authorities().stream()
        .flatMap(
            target ->
                generated.listeners().stream()
                    .filter(listener -> listener.getName().equals(target))
                    .filter(Listener::hasApiListener))
        .limit(1)
        .toList();
  }

  private void dial(Listener listener) {
    leadsAstray(listener.getApiListener().getApiListener())
        .ifPresentOrElse(
            problem -> rejected.add(new Rejection(listener.getName(), problem)),
            () -> chosen.add(listener.getName() + ", calls of a channel"));
  }

  private void accept() {
    List<Listener> ofPort =
        generated.listeners().stream()
            .filter(listener -> listener.getTrafficDirection() == TrafficDirection.OUTBOUND)
            .filter(listener -> listener.getAddress().getSocketAddress().getPortValue() == port())
            .toList();
    List<String> destinations = call.destinations();
    List<Listener> met = new ArrayList<>();
    for (String destination : destinations.isEmpty() ? List.of("") : destinations) {
      listener(ofPort, destination)
          .filter(listener -> chosen.isEmpty() && !met.contains(listener))
          .ifPresent(
              listener -> {
                met.add(listener);
                consider(listener, destination);
              });
    }
    ofPort.stream()
        .filter(listener -> !met.contains(listener))
        .forEach(listener -> rejected.add(0, passedOver(listener)));
  }

  private int port() {
    return call.port();
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

  /** Returns where the listener of another service would send what is for this one. */
  List<String> takenBy() {
    return takenBy;
  }

  /** Returns where bytes are routed; empty where requests are. */
  List<String> clusters() {
    return clusters;
  }

  /** Returns the listener of the address, else the one of all addresses of its family. */
  private static Optional<Listener> listener(List<Listener> ofPort, String destination) {
    String any = destination.contains(":") ? ANY_IPV6 : ANY_IPV4;
    return Stream.of(destination, any, destination.isEmpty() ? ANY_IPV6 : any)
        .flatMap(
            address -> ofPort.stream().filter(listener -> addresses(listener).contains(address)))
        .findFirst();
  }

  private static List<String> addresses(Listener listener) {
    return Stream.concat(
            Stream.of(listener.getAddress()),
            listener.getAdditionalAddressesList().stream().map(AdditionalAddress::getAddress))
        .map(address -> address.getSocketAddress().getAddress())
        .toList();
  }

  private Rejection passedOver(Listener listener) {
    SocketAddress address = listener.getAddress().getSocketAddress();
    boolean isForAll = List.of(ANY_IPV4, ANY_IPV6).contains(address.getAddress());
    return new Rejection(
        listener.getName(),
        isForAll || !chosen.isEmpty()
            ? "another listener is nearer"
            : "it is for " + address.getAddress());
  }

  private void consider(Listener listener, String destination) {
    Optional<FilterChain> chain = ChainChoice.of(listener, call, destination);
    Optional<String> problem =
        chain.isPresent()
            ? leadsAstray(chain.get())
            : Optional.of("none of its filter chains is for such a connection");
    if (problem.isPresent()) {
      rejected.add(new Rejection(listener.getName(), problem.get()));
    } else {
      chosen.add(
          "%s on %s:%d%s"
              .formatted(
                  listener.getName(),
                  listener.getAddress().getSocketAddress().getAddress(),
                  port(),
                  virtualHost == null ? ", connections" : ", HTTP requests"));
    }
  }

  /** Returns why a chain does not lead to the service; empty if it does. */
  private Optional<String> leadsAstray(FilterChain chain) {
    if (chain.getFiltersCount() == 0) {
      return Optional.of("it has no filter");
    }
    return leadsAstray(chain.getFilters(chain.getFiltersCount() - 1).getTypedConfig());
  }

  private Optional<String> leadsAstray(Any last) {
    if (last.is(HttpConnectionManager.class)) {
      HttpConnectionManager http = Generated.unpack(last, HttpConnectionManager.class);
      virtualHost =
          generated
              .routes(http.getRds().getRouteConfigName())
              .flatMap(routes -> VirtualHosts.find(routes, call))
              .orElse(null);
      return virtualHost == null
          ? Optional.of("it does not lead to the service: its routes know no host of the call")
          : Optional.empty();
    }
    if (!last.is(TcpProxy.class)) {
      return Optional.of("it does not lead to the service");
    }
    List<String> named = clusters(Generated.unpack(last, TcpProxy.class));
    if (!isMeant(named)) {
      takenBy = named.contains(ClusterName.PASSTHROUGH) ? List.of() : named;
      return Optional.of(
          "it does not lead to the service: its connections go to " + String.join(", ", named));
    }
    clusters = named;
    return Optional.empty();
  }

  /**
   * Of two services that a listener cannot tell apart the older one gets the connections; what a
   * VirtualService says of the service may lead anywhere.
   */
  private boolean isMeant(List<String> named) {
    if (call.service().isEmpty() || call.servicePort().isEmpty()) {
      return false;
    }
    String host = call.service().get().host();
    Set<String> meant = new TreeSet<>(Set.of(host));
    call.scope()
        .virtualService(host)
        .ifPresent(
            it ->
                destinations(it.spec())
                    .map(other -> call.scope().complete(other, it.metadata().namespace()))
                    .forEach(meant::add));
    return named.stream().anyMatch(it -> meant.contains(it.substring(it.lastIndexOf('|') + 1)));
  }

  private Stream<String> destinations(VirtualServiceSpec spec) {
    Stream<RouteDestination> routes =
        call.isTls()
            ? spec.tls().stream().flatMap(route -> route.route().stream())
            : spec.tcp().stream().flatMap(route -> route.route().stream());
    return routes.map(route -> route.destination().host());
  }

  private static List<String> clusters(TcpProxy proxy) {
    return proxy.hasWeightedClusters()
        ? proxy.getWeightedClusters().getClustersList().stream()
            .map(TcpProxy.WeightedCluster.ClusterWeight::getName)
            .toList()
        : List.of(proxy.getCluster());
  }
}
