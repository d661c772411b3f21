package io.mooring.xds.translate.grpc;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.mooring.xds.resource.Pack;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * The listeners that xDS-enabled servers ask for before they open their port. Pure.
 *
 * <p>A gRPC server cannot tell TLS from clear text on one port, so that there is no PERMISSIVE: it
 * is either. Its TLS context cannot name clients either; an RBAC filter does.
 */
public final class ServerListeners {

  /**
   * How names begin; the address that the server listens on follows. The first one is what gRPC's
   * documentation suggests as {@code server_listener_resource_name_template}, the second one
   * Istio's.
   */
  private static final List<String> TEMPLATES =
      List.of("grpc/server?xds.resource.listening_address=", "xds.istio.io/grpc/lds/inbound/");

  private static final RouteConfiguration ANY_METHOD =
      RouteConfiguration.newBuilder()
          .setName("inbound")
          .addVirtualHosts(
              VirtualHost.newBuilder()
                  .setName("inbound")
                  .addDomains("*")
                  .addRoutes(
                      Route.newBuilder()
                          .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                          .setNonForwardingAction(NonForwardingAction.getDefaultInstance())))
          .build();

  private ServerListeners() {}

  /**
   * Returns the listeners of a port: one for each address that a server may say it listens on. Java
   * says {@code 0.0.0.0} whatever it was told, Go what the socket says.
   */
  public static List<Listener> translate(ServerListenerInput input) {
    FilterChain chain = chain(input);
    Set<String> addresses = new LinkedHashSet<>(List.of("0.0.0.0", "::"));
    addresses.addAll(input.addresses());
    List<Listener> listeners = new ArrayList<>();
    for (String template : TEMPLATES) {
      for (String address : addresses) {
        String written = address.contains(":") ? "[" + address + "]" : address;
        listeners.add(
            Listener.newBuilder()
                .setName(template + written + ":" + input.port())
                .setAddress(socket(address, input.port()))
                .setTrafficDirection(TrafficDirection.INBOUND)
                .addFilterChains(chain)
                .build());
      }
    }
    return listeners;
  }

  /** Returns those names of listeners that are a server's. */
  public static Set<String> names(SortedMap<String, ?> listeners) {
    Set<String> names = new LinkedHashSet<>();
    for (String template : TEMPLATES) {
      names.addAll(listeners.subMap(template, template + Character.MAX_VALUE).keySet());
    }
    return names;
  }

  private static FilterChain chain(ServerListenerInput input) {
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix("inbound_" + input.port())
            .setRouteConfig(ANY_METHOD);
    FilterChain.Builder chain = FilterChain.newBuilder().setName("inbound_" + input.port());
    input
        .provider()
        .ifPresent(
            provider -> {
              chain.setTransportSocket(ProviderTls.server(provider));
              manager.addHttpFilters(HttpFilters.onlyMembersOf(input.trustDomain()));
            });
    manager.addHttpFilters(HttpFilters.ROUTER);
    return chain
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Pack.any(manager.build())))
        .build();
  }

  private static Address socket(String address, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(address).setPortValue(port))
        .build();
  }
}
