package io.mooring.xds.translate.listener;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.model.Protocol;
import io.mooring.xds.translate.cluster.ClusterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One outbound listener while services are added to it, oldest first. Confined to one translation.
 *
 * <p>HTTP services share one chain, because their routes tell them apart. Everything else needs a
 * chain of its own, and of two chains with the same match the older one stays. Where HTTP meets
 * anything else, the listener looks at the first bytes.
 */
final class OutboundListener {

  private static final FilterChainMatch PLAIN_HTTP =
      FilterChainMatch.newBuilder()
          .setTransportProtocol("raw_buffer")
          .addApplicationProtocols("http/1.1")
          .addApplicationProtocols("h2c")
          .build();

  private final String name;
  private final List<String> ips;
  private final int port;
  private final boolean captured;
  private final boolean shared;
  private final List<Layer4Chain> chains = new ArrayList<>();
  private @Nullable String routeName;
  private boolean undeclaredHttp;
  private @Nullable Protocol first;

  OutboundListener(List<String> ips, int port, boolean captured, boolean shared) {
    this.name = Sockets.name(ips.get(0), port);
    this.ips = List.copyOf(ips);
    this.port = port;
    this.captured = captured;
    this.shared = shared;
  }

  String name() {
    return name;
  }

  /** Returns whether services of many addresses share it. */
  boolean isShared() {
    return shared;
  }

  /** Returns the route configuration that it asks for. */
  Optional<String> routeName() {
    return Optional.ofNullable(routeName);
  }

  /**
   * Returns whether a port of this protocol may join. A protocol in which the server speaks first
   * must not wait for bytes to be looked at: it shares with nothing else.
   */
  boolean accepts(Protocol protocol) {
    if (first == null) {
      first = protocol;
    }
    return first == protocol || !(speaksServerFirst(first) || speaksServerFirst(protocol));
  }

  /**
   * Adds the chain that parses HTTP, or does nothing if there is one.
   *
   * @param declared whether the port says that it speaks HTTP
   */
  void addHttp(String routes, boolean declared) {
    routeName = routes;
    undeclaredHttp |= !declared;
  }

  /** Adds a chain; returns {@code false} if an older one takes the same connections. */
  boolean add(Layer4Chain chain) {
    if (chains.stream().anyMatch(older -> older.match().equals(chain.match()))) {
      return false;
    }
    chains.add(chain);
    return true;
  }

  /** Returns the listener; at least one chain must have been added. */
  Listener build() {
    Listener.Builder listener =
        Listener.newBuilder().setName(name).setTrafficDirection(TrafficDirection.OUTBOUND);
    Sockets.bind(listener, ips, port);
    if (captured) {
      listener.setBindToPort(BoolValue.of(false));
    }
    List<FilterChain> all = new ArrayList<>();
    // On a captured wildcard, connections to addresses of no service at all arrive, too.
    boolean sniffed = routeName != null && (!chains.isEmpty() || (captured && shared));
    if (routeName != null) {
      all.add(http(routeName, sniffed));
    }
    chains.forEach(chain -> all.add(chain(chain.match(), TcpProxies.of(chain))));
    addChains(listener, all);
    addInspectors(listener, sniffed);
    return listener.build();
  }

  /**
   * Envoy never turns back from a branch of the match tree, so that a chain without a match may be
   * missed beside others; as the default chain it is not.
   */
  private void addChains(Listener.Builder listener, List<FilterChain> all) {
    for (FilterChain chain : all) {
      if (all.size() > 1 && !chain.hasFilterChainMatch()) {
        listener.setDefaultFilterChain(chain);
      } else {
        listener.addFilterChains(chain);
      }
    }
    boolean total = all.stream().anyMatch(chain -> !chain.hasFilterChainMatch());
    if (captured && !total) {
      listener.setDefaultFilterChain(
          FilterChain.newBuilder()
              .setName("PassthroughFilterChain")
              .addFilters(TcpProxies.to(ClusterName.PASSTHROUGH)));
    }
  }

  private void addInspectors(Listener.Builder listener, boolean sniffed) {
    boolean sni = chains.stream().anyMatch(chain -> chain.match().getServerNamesCount() > 0);
    if (sni) {
      listener.addListenerFilters(Inspectors.TLS);
    }
    if (sniffed) {
      listener.addListenerFilters(Inspectors.HTTP);
    }
    if (sni || sniffed) {
      // A client may connect long before it speaks; no timeout, or its requests would bypass
      // routes.
      listener
          .setListenerFiltersTimeout(Duration.getDefaultInstance())
          .setContinueOnListenerFiltersTimeout(true);
    }
  }

  private FilterChain http(String routes, boolean sniffed) {
    Filter manager = HttpManagers.outbound("outbound_" + name, routes, undeclaredHttp);
    return chain(sniffed ? PLAIN_HTTP : FilterChainMatch.getDefaultInstance(), manager);
  }

  private static FilterChain chain(FilterChainMatch match, Filter filter) {
    FilterChain.Builder chain = FilterChain.newBuilder().addFilters(filter);
    if (!match.equals(FilterChainMatch.getDefaultInstance())) {
      chain.setFilterChainMatch(match);
    }
    return chain.build();
  }

  private static boolean speaksServerFirst(Protocol protocol) {
    return protocol == Protocol.MYSQL || protocol == Protocol.MONGO;
  }
}
