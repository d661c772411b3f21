package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Finds the virtual host of a request as Envoy does: exact, longest suffix, prefix, any. */
final class VirtualHosts {

  private VirtualHosts() {}

  /** Returns the virtual host of the first way to write the host that has one of its own. */
  static Optional<VirtualHost> find(RouteConfiguration routes, Call call) {
    List<VirtualHost> hosts = routes.getVirtualHostsList();
    boolean isOfOneService = routes.getName().contains(":");
    return first(call.authorities(), authority -> exact(hosts, authority))
        .or(() -> first(call.authorities(), authority -> wildcard(hosts, authority)))
        .or(() -> isOfOneService ? exact(hosts, "*") : Optional.empty());
  }

  private static Optional<VirtualHost> first(
      List<String> authorities, Function<String, Optional<VirtualHost>> find) {
    return authorities.stream().map(find).flatMap(Optional::stream).findFirst();
  }

  private static Optional<VirtualHost> exact(Collection<VirtualHost> hosts, String authority) {
    return hosts.stream()
        .filter(host -> host.getDomainsList().stream().anyMatch(authority::equalsIgnoreCase))
        .findFirst();
  }

  /** The domain {@code *} alone is the way out of the mesh: no way to a service. */
  private static Optional<VirtualHost> wildcard(Collection<VirtualHost> hosts, String authority) {
    record Covered(VirtualHost host, int length) {}
    return hosts.stream()
        .flatMap(
            host ->
                host.getDomainsList().stream()
                    .map(domain -> domain.toLowerCase(Locale.ROOT))
                    .filter(domain -> domain.length() > 1 && domain.startsWith("*"))
                    .filter(domain -> authority.endsWith(domain.substring(1)))
                    .map(domain -> new Covered(host, domain.length())))
        .max(Comparator.comparingInt(Covered::length))
        .map(Covered::host);
  }
}
