package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds the virtual host of a request as Envoy does: exact, longest suffix, prefix, any. */
final class VirtualHosts {

  private VirtualHosts() {}

  /** Returns the virtual host of the first of the {@code authorities} that has one of its own. */
  static Optional<VirtualHost> find(RouteConfiguration routes, List<String> authorities) {
    List<VirtualHost> hosts = routes.getVirtualHostsList();
    return first(authorities, authority -> exact(hosts, authority))
        .or(() -> first(authorities, authority -> wildcard(hosts, authority)));
  }

  private static Optional<VirtualHost> first(
      List<String> authorities, Function<String, Optional<VirtualHost>> find) {
    return authorities.stream().map(find).flatMap(Optional::stream).findFirst();
  }

  private static Optional<VirtualHost> exact(Collection<VirtualHost> hosts, String authority) {
    return hosts.stream().filter(host -> host.getDomainsList().contains(authority)).findFirst();
  }

  /** The domain {@code *} alone is the way out of the mesh: no way to a service. */
  private static Optional<VirtualHost> wildcard(Collection<VirtualHost> hosts, String authority) {
    record Covered(VirtualHost host, int length) {}
    return hosts.stream()
        .flatMap(
            host ->
                host.getDomainsList().stream()
                    .filter(domain -> domain.length() > 1 && domain.startsWith("*"))
                    .filter(domain -> authority.endsWith(domain.substring(1)))
                    .map(domain -> new Covered(host, domain.length())))
        .max(Comparator.comparingInt(Covered::length))
        .map(Covered::host);
  }
}
