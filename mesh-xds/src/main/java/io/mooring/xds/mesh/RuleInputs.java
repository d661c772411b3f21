package io.mooring.xds.mesh;

import io.mooring.model.networking.ConsistentHashLb;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.HttpMirrorPolicy;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.HttpRouteDestination;
import io.mooring.model.networking.LoadBalancerSettings;
import io.mooring.model.networking.PortSelector;
import io.mooring.model.networking.Subset;
import io.mooring.model.networking.TrafficPolicy;
import io.mooring.model.networking.VirtualService;
import io.mooring.service.MeshService;
import io.mooring.xds.node.DestinationPolicy;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.cluster.ClusterName;
import io.mooring.xds.translate.cluster.TrafficPolicies;
import io.mooring.xds.translate.route.RouteInput.RuleInput;
import io.mooring.xds.translate.route.RouteInput.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Narrows the HTTP rules of a VirtualService to one proxy and port, and finds the clusters that
 * they name. Confined to one generation.
 */
final class RuleInputs {

  private static final String MESH = "mesh";

  private final ProxyScope scope;
  private final ScopedProxy proxy;

  RuleInputs(ScopedProxy proxy) {
    this.scope = proxy.scope();
    this.proxy = proxy;
  }

  /**
   * Returns the rules that requests of this proxy to this port can meet, in order. Rules that
   * delegate are left out: nothing is known of their routes.
   */
  List<RuleInput> of(VirtualService virtualService, int port) {
    List<RuleInput> rules = new ArrayList<>();
    for (HttpRoute route : virtualService.spec().http()) {
      List<HttpMatchRequest> matches =
          route.match().stream().filter(match -> isForProxy(match, port)).toList();
      boolean applies = route.match().isEmpty() || !matches.isEmpty();
      if (applies && route.delegate().isEmpty()) {
        rules.add(
            new RuleInput(
                virtualService.key(), route, matches, targets(virtualService, route, port)));
      }
    }
    return rules;
  }

  private boolean isForProxy(HttpMatchRequest match, int port) {
    return match.port().orElse(port) == port
        && (match.gateways().isEmpty() || match.gateways().contains(MESH))
        && proxy.labels().entrySet().containsAll(match.sourceLabels().entrySet())
        && (match.sourceNamespace().isEmpty()
            || match.sourceNamespace().equals(proxy.node().namespace()));
  }

  private Map<Destination, Target> targets(
      VirtualService virtualService, HttpRoute route, int port) {
    Map<Destination, Target> targets = new HashMap<>();
    Stream.of(
            route.route().stream().map(HttpRouteDestination::destination),
            route.mirror().stream(),
            route.mirrors().stream().map(HttpMirrorPolicy::destination))
        .flatMap(destinations -> destinations)
        .forEach(
            destination ->
                targets.computeIfAbsent(
                    destination, it -> target(it, virtualService.metadata().namespace(), port)));
    return targets;
  }

  private Target target(Destination destination, String owner, int listenerPort) {
    String host = scope.complete(destination.host(), owner);
    Optional<MeshService> service = scope.service(host);
    int port =
        destination
            .port()
            .map(PortSelector::number)
            .or(() -> service.flatMap(RuleInputs::onlyPort))
            .orElse(listenerPort);
    return new Target(
        ClusterName.outbound(
            port, destination.subset(), service.map(MeshService::host).orElse(host)),
        service.flatMap(it -> hash(it, port, destination.subset())));
  }

  private static Optional<Integer> onlyPort(MeshService service) {
    return service.ports().size() == 1
        ? Optional.of(service.ports().get(0).number())
        : Optional.empty();
  }

  /** Returns what the choice of an endpoint depends on. */
  Optional<ConsistentHashLb> hash(MeshService service, int port, String subset) {
    Optional<DestinationPolicy> rules = scope.destinationPolicy(service, proxy.labels());
    if (rules.isEmpty()) {
      return Optional.empty();
    }
    TrafficPolicy ofPort = TrafficPolicies.ofPort(rules.get().trafficPolicy(), port);
    Optional<Subset> named =
        rules.get().subsets().stream().filter(it -> it.name().equals(subset)).findFirst();
    TrafficPolicy policy =
        named.map(it -> TrafficPolicies.ofSubset(ofPort, it.trafficPolicy(), port)).orElse(ofPort);
    return policy.loadBalancer().flatMap(LoadBalancerSettings::consistentHash);
  }
}
