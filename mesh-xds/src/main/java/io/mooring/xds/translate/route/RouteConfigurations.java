package io.mooring.xds.translate.route;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.route.v3.Decorator;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.mooring.xds.translate.cluster.ClusterName;
import io.mooring.xds.translate.route.RouteInput.HostInput;
import io.mooring.xds.translate.route.RouteInput.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Translates the hosts of one listener to its route configuration. Pure. */
public final class RouteConfigurations {

  private RouteConfigurations() {}

  /** Returns the route configuration. */
  public static RouteConfiguration translate(RouteInput input) {
    RouteConfiguration.Builder configuration = empty(input.name()).toBuilder();
    // A later host's own name beats an earlier host's short name.
    Set<String> names = new HashSet<>();
    input.hosts().forEach(host -> names.add(key(host.host())));
    Set<String> taken = new HashSet<>();
    for (HostInput host : input.hosts()) {
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
    if (input.catchAll() && !taken.contains("*")) {
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

  private static VirtualHost virtualHost(HostInput host, List<String> domains) {
    VirtualHost.Builder virtualHost =
        VirtualHost.newBuilder()
            .setName(host.host() + ":" + host.port())
            .addAllDomains(domains)
            .setIncludeRequestAttemptCount(true);
    return host.service()
        .map(service -> virtualHost.addRoutes(toService(host, service)))
        .orElseGet(() -> virtualHost.addAllRoutes(RuleRoutes.of(host)))
        .build();
  }

  private static Route toService(HostInput host, Target service) {
    return Route.newBuilder()
        .setName("default")
        .setMatch(RouteMatches.ANY)
        .setDecorator(Decorator.newBuilder().setOperation(host.host() + ":" + host.port() + "/*"))
        .setRoute(RouteActions.to(service))
        .build();
  }

  private static VirtualHost passthrough() {
    return VirtualHost.newBuilder()
        .setName("allow_any")
        .addDomains("*")
        .addRoutes(
            Route.newBuilder()
                .setName("allow_any")
                .setMatch(RouteMatches.ANY)
                .setRoute(RouteActions.to(ClusterName.PASSTHROUGH)))
        .build();
  }

  private static String key(String domain) {
    return domain.toLowerCase(Locale.ROOT);
  }
}
