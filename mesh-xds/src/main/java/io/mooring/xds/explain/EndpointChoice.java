package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.mooring.analysis.EndpointCandidate;
import io.mooring.model.networking.Subset;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.explain.Step.Rejection;
import io.mooring.xds.node.DestinationPolicy;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.node.ProxyScope;
import io.mooring.xds.translate.authn.PeerAuthenticationIndex;
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

  private static final String TLS_MATCH = "envoy.transport_socket_match";

  private final ProxyScope scope;
  private final ProxyNode node;
  private final MeshService service;
  private final MeshPort port;
  private final SplitHorizon horizon;
  private final Set<String> chosen = new LinkedHashSet<>();
  private final Set<Rejection> rejected = new LinkedHashSet<>();
  private boolean resolvedElsewhere;

  EndpointChoice(
      ProxyScope scope,
      ProxyNode node,
      Generated generated,
      MeshService service,
      MeshPort port,
      List<String> clusters) {
    this.scope = scope;
    this.node = node;
    this.service = service;
    this.port = port;
    this.horizon =
        new SplitHorizon(scope.snapshot().networks(), node.networkIn(scope.snapshot().networks()));
    clusters.forEach(cluster -> consider(generated, cluster));
    for (EndpointCandidate candidate : EndpointCandidate.of(scope.snapshot(), service, port)) {
      candidate
          .rejection()
          .ifPresent(reason -> rejected.add(new Rejection(name(candidate), reason)));
    }
  }

  private static String name(EndpointCandidate candidate) {
    return candidate.object() + (candidate.address().isEmpty() ? "" : " at " + candidate.address());
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
    if (!chosen.isEmpty()) {
      return chosen.size() + (chosen.size() == 1 ? " endpoint" : " endpoints");
    }
    return resolvedElsewhere
        ? "the address that the application called"
        : "no endpoint is left: Envoy answers 503, no healthy upstream";
  }

  private void consider(Generated generated, String name) {
    Optional<Cluster> cluster = generated.cluster(name);
    resolvedElsewhere |=
        cluster.filter(it -> it.getType() == Cluster.DiscoveryType.ORIGINAL_DST).isPresent();
    Set<String> assigned = new LinkedHashSet<>();
    generated
        .endpoints(name)
        .ifPresent(
            assignment -> {
              for (LocalityLbEndpoints group : assignment.getEndpointsList()) {
                for (LbEndpoint endpoint : group.getLbEndpointsList()) {
                  assigned.add(text(endpoint));
                  accept(name, endpoint, cluster);
                }
              }
            });
    if (cluster.isPresent() && !resolvedElsewhere) {
      passedOver(name, assigned);
    }
  }

  private void accept(String cluster, LbEndpoint endpoint, Optional<Cluster> of) {
    if (endpoint.getHealthStatus() == HealthStatus.DRAINING) {
      rejected.add(
          new Rejection(text(endpoint), "draining: an operator wants it to get no new requests"));
      return;
    }
    boolean marked = endpoint.getMetadata().containsFilterMetadata(TLS_MATCH);
    boolean tls =
        of.filter(it -> it.getTransportSocketMatchesCount() > 0).isPresent()
            ? marked
            : of.filter(Cluster::hasTransportSocket).isPresent();
    if (!tls && refusesPlainText(endpoint)) {
      rejected.add(
          new Rejection(
              text(endpoint),
              "plain text refused: its PeerAuthentication is STRICT, and the client does not speak"
                  + " mTLS to it"));
      return;
    }
    chosen.add(
        "%s of %s, weight %d, %s"
            .formatted(
                described(endpoint),
                cluster,
                Integer.toUnsignedLong(endpoint.getLoadBalancingWeight().getValue()),
                tls ? "TLS" : "plain text"));
  }

  private boolean refusesPlainText(LbEndpoint endpoint) {
    RegistrySnapshot snapshot = scope.snapshot();
    PeerAuthenticationIndex policies =
        PeerAuthenticationIndex.of(
            snapshot.objects(PeerAuthentication.class), snapshot.settings().rootNamespace());
    return !service.meshExternal()
        && snapshot.endpoints(service.key()).stream()
            .filter(it -> it.servicePort() == port.number())
            .filter(it -> text(it).equals(text(endpoint)))
            .anyMatch(
                it ->
                    policies.effective(it.namespace(), it.labels()).mode(it.port()) == Mode.STRICT);
  }

  /** Returns the address, and for the gateway of a network who is behind it. */
  private String described(LbEndpoint endpoint) {
    List<String> behind = new ArrayList<>();
    for (MeshEndpoint member : scope.endpoints(service)) {
      boolean entersHere =
          member.servicePort() == port.number()
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
  private void passedOver(String cluster, Set<String> assigned) {
    List<Target> candidates =
        scope.endpoints(service).stream()
            .filter(endpoint -> endpoint.servicePort() == port.number())
            .map(endpoint -> new Target(endpoint, endpoint.speaksMutualTls()))
            .toList();
    for (Target candidate : candidates) {
      MeshEndpoint endpoint = candidate.endpoint();
      boolean isThere = assigned.contains(text(endpoint)) || horizon.needsGateway(endpoint);
      missingLabels(cluster, endpoint)
          .or(() -> horizon.rejection(candidate, candidates))
          .or(
              () ->
                  isThere
                      ? Optional.empty()
                      : Optional.of(
                          "its address is no IP, and the resolution is " + service.resolution()))
          .ifPresent(
              reason -> rejected.add(new Rejection(name(endpoint) + " for " + cluster, reason)));
    }
  }

  private static String name(MeshEndpoint endpoint) {
    return endpoint.address().isEmpty() ? endpoint.workloadName() : text(endpoint);
  }

  private Optional<String> missingLabels(String cluster, MeshEndpoint endpoint) {
    String subset = cluster.split("\\|", -1).length > 2 ? cluster.split("\\|", -1)[2] : "";
    Map<String, String> wanted =
        scope.destinationPolicy(service, node.labels()).stream()
            .map(DestinationPolicy::subsets)
            .flatMap(List::stream)
            .filter(it -> it.name().equals(subset))
            .map(Subset::labels)
            .findFirst()
            .orElse(Map.of());
    Map<String, String> missing = new TreeMap<>(wanted);
    missing.entrySet().removeAll(endpoint.labels().entrySet());
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("it lacks the labels " + missing + " of subset '" + subset + "'");
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
