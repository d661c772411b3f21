package io.mooring.xds.translate.route;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.route.v3.Decorator;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.mooring.xds.translate.cluster.ClusterName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Translates the hosts of one listener to its route configuration. Pure. */
public final class RouteConfigurations {

  private static final RouteMatch ANY = RouteMatch.newBuilder().setPrefix("/").build();

  /** Unset would mean 15 seconds. */
  private static final Duration NO_TIMEOUT = Duration.getDefaultInstance();

  private RouteConfigurations() {}

  /** Returns the route configuration. */
  public static RouteConfiguration translate(RouteInput input) {
    RouteConfiguration.Builder configuration = empty(input.name()).toBuilder();
    // A later host's own name beats an earlier host's short name.
    Set<String> names = new HashSet<>();
    input.hosts().forEach(host -> names.add(key(host.host())));
    Set<String> taken = new HashSet<>();
    for (RouteInput.HostInput host : input.hosts()) {
      List<String> domains = new ArrayList<>();
      for (String domain : host.domains()) {
        boolean own = domain.equals(host.host());
        if ((own || !names.contains(key(domain))) && taken.add(key(domain))) {
          domains.add(domain);
        }
      }
      if (!domains.isEmpty()) {
        configuration.addVirtualHosts(virtualHost(host, domains));
      }
    }
    if (input.catchAll()) {
      configuration.addVirtualHosts(passthrough());
    }
    return configuration.build();
  }

  /**
   * Returns a configuration without hosts: every request gets 404. What a listener needs that asks
   * for a name nobody knows: without any answer it would never open.
   */
  public static RouteConfiguration empty(String name) {
    return RouteConfiguration.newBuilder()
        .setName(name)
        .setIgnorePortInHostMatching(true)
        .setValidateClusters(BoolValue.of(false))
        .build();
  }

  private static VirtualHost virtualHost(RouteInput.HostInput host, List<String> domains) {
    return VirtualHost.newBuilder()
        .setName(host.host() + ":" + host.port())
        .addAllDomains(domains)
        .addRoutes(
            Route.newBuilder()
                .setName("default")
                .setMatch(ANY)
                .setDecorator(
                    Decorator.newBuilder().setOperation(host.host() + ":" + host.port() + "/*"))
                .setRoute(
                    RouteAction.newBuilder()
                        .setCluster(ClusterName.outbound(host.port(), "", host.host()))
                        .setTimeout(NO_TIMEOUT)))
        .build();
  }

  private static VirtualHost passthrough() {
    return VirtualHost.newBuilder()
        .setName("allow_any")
        .addDomains("*")
        .addRoutes(
            Route.newBuilder()
                .setName("allow_any")
                .setMatch(ANY)
                .setRoute(
                    RouteAction.newBuilder()
                        .setCluster(ClusterName.PASSTHROUGH)
                        .setTimeout(NO_TIMEOUT)))
        .build();
  }

  private static String key(String domain) {
    return domain.toLowerCase(Locale.ROOT);
  }
}
