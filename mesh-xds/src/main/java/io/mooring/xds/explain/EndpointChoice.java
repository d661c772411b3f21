package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.mooring.analysis.EndpointCandidate;
import io.mooring.model.networking.Subset;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.explain.Step.Rejection;
import io.mooring.xds.node.DestinationPolicy;
import io.mooring.xds.node.ProxyNode.Capture;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.endpoint.EndpointInput.Target;
import io.mooring.xds.translate.endpoint.SplitHorizon;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which endpoints the clusters of a route have, and who else might have been one. */
final class EndpointChoice {

  private final Call call;
  private final ProxyScope scope;
  private final Generated generated;
  private final SplitHorizon horizon;
  private final Security security;
  private final Set<String> chosen = new LinkedHashSet<>();
  private final Set<Rejection> rejected = new LinkedHashSet<>();
  private final List<String> empty = new ArrayList<>();
  private boolean resolvedElsewhere;

  EndpointChoice(Call call, Generated generated, List<String> clusters) {
    this.call = call;
    this.scope = call.scope();
    this.generated = generated;
    RegistrySnapshot snapshot = scope.snapshot();
    this.horizon =
        new SplitHorizon(snapshot.networks(), call.node().networkIn(snapshot.networks()));
    this.security = new Security(snapshot);
    for (String name : clusters) {
      consider(name);
    }
    clusters.stream().map(this::destination).distinct().forEach(this::rejectCandidates);
  }

  List<String> chosen() {
    return List.copyOf(chosen);
  }

  List<Rejection> rejected() {
    return List.copyOf(rejected);
  }

  boolean reachable() {
    return resolvedElsewhere || !chosen.isEmpty();
  }

  String verdict() {
    if (!reachable()) {
      return "no endpoint is left: Envoy answers 503, no healthy upstream";
    }
    String some =
        chosen.isEmpty()
            ? "the address that the application called"
            : chosen.size() + (chosen.size() == 1 ? " endpoint" : " endpoints");
    return empty.isEmpty()
        ? some
        : "%s; but none for %s, whose share of the requests gets 503"
            .formatted(some, String.join(", ", empty));
  }

  /** What the name of a cluster says. */
  private record Destination(Optional<MeshService> service, int port, String subset) {

    boolean has(MeshEndpoint endpoint) {
      return endpoint.servicePort() == port;
    }
  }

  private Destination destination(String cluster) {
    String[] words = cluster.split("\\|", -1); // outbound|port|subset|host
    return words.length == 4
        ? new Destination(scope.service(words[3]), Integer.parseInt(words[1]), words[2])
        : new Destination(Optional.empty(), 0, "");
  }

  private void rejectCandidates(Destination destination) {
    Optional<MeshPort> port = destination.service().flatMap(it -> it.port(destination.port()));
    if (port.isPresent()) {
      for (EndpointCandidate candidate :
          EndpointCandidate.of(scope.snapshot(), destination.service().orElseThrow(), port.get())) {
        candidate
            .rejection()
            .ifPresent(reason -> rejected.add(new Rejection(name(candidate), reason)));
      }
    }
  }

  private static String name(EndpointCandidate candidate) {
    return candidate.object() + (candidate.address().isEmpty() ? "" : " at " + candidate.address());
  }

  private void consider(String name) {
    Optional<Cluster> cluster = generated.cluster(name);
    int before = chosen.size();
    boolean original =
        cluster.filter(it -> it.getType() == Cluster.DiscoveryType.ORIGINAL_DST).isPresent();
    if (original && call.node().capture() == Capture.NONE) {
      rejected.add(
          new Rejection(name, "it goes where the client was going, which only capture tells"));
    } else if (original) {
      resolvedElsewhere = true;
      return;
    }
    Destination destination = destination(name);
    Set<String> assigned = new LinkedHashSet<>();
    generated
        .endpoints(name)
        .filter(assignment -> cluster.isPresent())
        .ifPresent(
            assignment -> {
              for (LocalityLbEndpoints group : assignment.getEndpointsList()) {
                for (LbEndpoint endpoint : group.getLbEndpointsList()) {
                  assigned.add(text(endpoint));
                  accept(name, endpoint, cluster.orElseThrow(), destination);
                }
              }
            });
    if (cluster.isPresent() && !original) {
      passedOver(name, destination, assigned);
    }
    if (chosen.size() == before) {
      empty.add(name);
    }
  }

  private void accept(String cluster, LbEndpoint endpoint, Cluster of, Destination destination) {
    if (endpoint.getHealthStatus() == HealthStatus.DRAINING) {
      rejected.add(
          new Rejection(text(endpoint), "draining: an operator wants it to get no new requests"));
      return;
    }
    Security.Spoken spoken = Security.spoken(of, endpoint);
    Optional<String> refusal =
        destination.service().stream()
            .filter(service -> !service.meshExternal())
            .flatMap(service -> scope.endpoints(service).stream())
            .filter(destination::has)
            .filter(it -> text(it).equals(text(endpoint)))
            .map(it -> security.refusal(spoken, it))
            .flatMap(Optional::stream)
            .findFirst();
    if (refusal.isPresent()) {
      rejected.add(new Rejection(text(endpoint), refusal.get()));
      return;
    }
    chosen.add(
        "%s of %s, weight %d, %s"
            .formatted(
                described(endpoint, destination),
                cluster,
                Integer.toUnsignedLong(endpoint.getLoadBalancingWeight().getValue()),
                spoken));
  }

  /** Returns the address, and for the gateway of a network who is behind it. */
  private String described(LbEndpoint endpoint, Destination destination) {
    List<String> behind = new ArrayList<>();
    for (MeshEndpoint member : destination.service().map(scope::endpoints).orElse(List.of())) {
      boolean entersHere =
          destination.has(member)
              && horizon.needsGateway(member)
              && horizon.networks().gateways(member.network()).stream()
                  .anyMatch(it -> text(endpoint).equals(it.address() + ":" + it.port()));
      if (entersHere) {
        behind.add(
            member.workloadName() + (member.address().isEmpty() ? "" : " at " + text(member)));
      }
    }
    return behind.isEmpty()
        ? text(endpoint)
        : "%s, a gateway for %s".formatted(text(endpoint), String.join(", ", behind));
  }

  /** Endpoints of the service that this cluster leaves out. */
  private void passedOver(String cluster, Destination destination, Set<String> assigned) {
    List<Target> candidates =
        destination.service().map(scope::endpoints).orElse(List.of()).stream()
            .filter(destination::has)
            .map(endpoint -> new Target(endpoint, endpoint.speaksMutualTls()))
            .toList();
    for (Target candidate : candidates) {
      MeshEndpoint endpoint = candidate.endpoint();
      boolean isThere = assigned.contains(text(endpoint)) || horizon.needsGateway(endpoint);
      missingLabels(destination, endpoint)
          .or(() -> horizon.rejection(candidate, candidates))
          .or(
              () ->
                  isThere
                      ? Optional.empty()
                      : Optional.of(
                          "its address is no IP, and the resolution is "
                              + destination.service().orElseThrow().resolution()))
          .ifPresent(
              reason -> rejected.add(new Rejection(name(endpoint) + " for " + cluster, reason)));
    }
  }

  private static String name(MeshEndpoint endpoint) {
    return endpoint.address().isEmpty() ? endpoint.workloadName() : text(endpoint);
  }

  private Optional<String> missingLabels(Destination destination, MeshEndpoint endpoint) {
    Map<String, String> wanted =
        destination
            .service()
            .flatMap(service -> scope.destinationPolicy(service, call.node().labels()))
            .stream()
            .map(DestinationPolicy::subsets)
            .flatMap(List::stream)
            .filter(it -> it.name().equals(destination.subset()))
            .map(Subset::labels)
            .findFirst()
            .orElse(Map.of());
    Map<String, String> missing = new TreeMap<>(wanted);
    missing.entrySet().removeAll(endpoint.labels().entrySet());
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "it lacks the labels " + missing + " of subset '" + destination.subset() + "'");
  }

  private static String text(LbEndpoint endpoint) {
    Address address = endpoint.getEndpoint().getAddress();
    return address.hasPipe()
        ? "unix://" + address.getPipe().getPath()
        : address.getSocketAddress().getAddress() + ":" + address.getSocketAddress().getPortValue();
  }

  private static String text(MeshEndpoint endpoint) {
    return endpoint.port() == 0 ? endpoint.address() : endpoint.address() + ":" + endpoint.port();
  }
}
