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
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  /** {@code IPv4:PORT} or {@code [IPv6]:PORT}. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:\\[([0-9a-fA-F:.]+)]|([0-9.]+)):([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])");

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

  /**
   * Returns where a server listens that asks for a listener of this name, its IP unresolved; empty
   * if the name is no server's.
   */
  public static Optional<InetSocketAddress> address(String name) {
    for (String template : TEMPLATES) {
      if (name.startsWith(template)) {
        Matcher address = ADDRESS.matcher(name.substring(template.length()));
        return address.matches()
            ? Optional.of(
                InetSocketAddress.createUnresolved(
                    address.group(address.group(1) == null ? 2 : 1),
                    Integer.parseInt(address.group(3))))
            : Optional.empty();
      }
    }
    return Optional.empty();
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
