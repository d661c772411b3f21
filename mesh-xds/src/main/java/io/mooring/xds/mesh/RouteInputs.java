package io.mooring.xds.mesh;

import io.mooring.model.Protocol;
import io.mooring.model.networking.VirtualService;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.cluster.ClusterName;
import io.mooring.xds.translate.route.HostDomains;
import io.mooring.xds.translate.route.RouteInput;
import io.mooring.xds.translate.route.RouteInput.HostInput;
import io.mooring.xds.translate.route.RouteInput.RuleInput;
import io.mooring.xds.translate.route.RouteInput.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** Gathers what the route configurations of one proxy are made of. Confined to one generation. */
final class RouteInputs {

  /** The one port on which a VirtualService shapes traffic to a host that no service has. */
  private static final int DEFAULT_HTTP_PORT = 80;

  private final ProxyScope scope;
  private final List<MeshService> services;
  private final String dnsDomain;
  private final RuleInputs rules;

  private RouteInputs(ScopedProxy proxy) {
    this.scope = proxy.scope();
    this.services = proxy.services();
    this.dnsDomain = dnsDomain(proxy);
    this.rules = new RuleInputs(proxy);
  }

  /** Returns the domain in which short names of the proxy's applications are complete. */
  static String dnsDomain(ScopedProxy proxy) {
    ProxyNode node = proxy.node();
    return node.dnsDomain().isEmpty()
        ? node.namespace() + ".svc." + proxy.scope().settings().clusterDomain()
        : node.dnsDomain();
  }

  /**
   * Returns the inputs of the route configurations that the proxy's listeners ask for.
   *
   * @param names {@code port} for all hosts of a port, {@code host:port} for one host
   */
  static List<RouteInput> of(ScopedProxy proxy, SortedSet<String> names) {
    return new RouteInputs(proxy).gather(names);
  }

  private List<RouteInput> gather(SortedSet<String> names) {
    Map<Integer, List<HostInput>> hostsByPort = new HashMap<>();
    List<RouteInput> inputs = new ArrayList<>();
    for (String name : names) {
      int colon = name.lastIndexOf(':');
      int port = Integer.parseInt(name.substring(colon + 1));
      if (colon < 0) {
        if (hostsByPort.isEmpty()) {
          collect(hostsByPort);
        }
        inputs.add(new RouteInput(name, hostsByPort.getOrDefault(port, List.of()), true));
      } else {
        scope
            .service(name.substring(0, colon))
            .map(service -> host(service, port, List.of("*")))
            .ifPresent(host -> inputs.add(new RouteInput(name, List.of(host), false)));
      }
    }
    return inputs;
  }

  private void collect(Map<Integer, List<HostInput>> hostsByPort) {
    for (MeshService service : services) {
      List<String> domains = new ArrayList<>(HostDomains.of(service, dnsDomain));
      scope.aliases(service).forEach(alias -> domains.addAll(HostDomains.of(alias, dnsDomain)));
      for (MeshPort port : service.ports()) {
        if (port.protocol().isHttp() || port.protocol() == Protocol.AUTO) {
          hostsByPort
              .computeIfAbsent(port.number(), number -> new ArrayList<>())
              .add(host(service, port.number(), domains));
        }
      }
    }
    hostsByPort
        .computeIfAbsent(DEFAULT_HTTP_PORT, number -> new ArrayList<>())
        .addAll(hostsWithoutService());
  }

  private HostInput host(MeshService service, int port, List<String> domains) {
    Optional<VirtualService> virtualService = scope.virtualService(service.host());
    List<RuleInput> ofHost = virtualService.map(it -> rules.of(it, port)).orElse(List.of());
    return new HostInput(
        service.host(),
        port,
        domains,
        ofHost.isEmpty()
            ? Optional.of(
                new Target(
                    ClusterName.outbound(port, "", service.host()), rules.hash(service, port, "")))
            : Optional.empty(),
        ofHost);
  }

  private List<HostInput> hostsWithoutService() {
    List<HostInput> hosts = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (VirtualService virtualService : scope.virtualServices()) {
      for (String written : virtualService.spec().hosts()) {
        String host = scope.complete(written, virtualService.metadata().namespace());
        if (!isOfService(host) && seen.add(host)) {
          List<RuleInput> ofHost = rules.of(virtualService, DEFAULT_HTTP_PORT);
          if (!ofHost.isEmpty()) {
            hosts.add(
                new HostInput(
                    host,
                    DEFAULT_HTTP_PORT,
                    HostDomains.of(host, dnsDomain),
                    Optional.empty(),
                    ofHost));
          }
        }
      }
    }
    return hosts;
  }

  private boolean isOfService(String host) {
    return host.startsWith("*")
        ? scope.services().stream().anyMatch(service -> service.host().endsWith(host.substring(1)))
        : scope.service(host).isPresent();
  }
}
