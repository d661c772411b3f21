package io.mooring.testkit.traffic;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.mooring.testkit.traffic.TrafficVerdict.Upstream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Chooses an endpoint of a cluster: the first priority that has a healthy one, then by weight. What
 * the balancing policy would prefer among equals is left to chance.
 */
final class EndpointPick {

  private static final String SOCKET_MATCH = "envoy.transport_socket_match";

  private final Cluster cluster;
  private final RandomGenerator random;

  EndpointPick(Cluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.random = random;
  }

  /** Returns the destination itself, of a cluster that keeps it. */
  Upstream originalDestination(TrafficConnection connection) {
    int port =
        cluster.getOriginalDstLbConfig().hasUpstreamPortOverride()
            ? cluster.getOriginalDstLbConfig().getUpstreamPortOverride().getValue()
            : connection.port();
    return upstream(connection.address(), port, Struct.getDefaultInstance());
  }

  /** Returns a healthy endpoint, if there is one. */
  Optional<Upstream> among(ClusterLoadAssignment assignment) {
    return assignment.getEndpointsList().stream()
        .filter(locality -> locality.getLbEndpointsList().stream().anyMatch(EndpointPick::healthy))
        .map(LocalityLbEndpoints::getPriority)
        .min(Comparator.naturalOrder())
        .map(priority -> ofPriority(assignment, priority));
  }

  private Upstream ofPriority(ClusterLoadAssignment assignment, int priority) {
    List<LocalityLbEndpoints> localities =
        assignment.getEndpointsList().stream()
            .filter(locality -> locality.getPriority() == priority)
            .filter(
                locality -> locality.getLbEndpointsList().stream().anyMatch(EndpointPick::healthy))
            .toList();
    if (cluster.getCommonLbConfig().hasLocalityWeightedLbConfig()) {
      localities =
          List.of(
              Weights.pick(
                  localities, locality -> locality.getLoadBalancingWeight().getValue(), random));
    }
    List<LbEndpoint> endpoints =
        localities.stream()
            .flatMap(locality -> locality.getLbEndpointsList().stream())
            .filter(EndpointPick::healthy)
            .toList();
    LbEndpoint picked =
        Weights.pick(
            endpoints,
            endpoint ->
                endpoint.hasLoadBalancingWeight()
                    ? endpoint.getLoadBalancingWeight().getValue()
                    : 1,
            random);
    if (!picked.getEndpoint().getAddress().hasSocketAddress()) {
      throw new UnsupportedConfigurationException(
          "cluster " + cluster.getName(), "an endpoint that is no IP socket");
    }
    SocketAddress address = picked.getEndpoint().getAddress().getSocketAddress();
    Struct socketLabels =
        picked.getMetadata().getFilterMetadataOrDefault(SOCKET_MATCH, Struct.getDefaultInstance());
    return upstream(address.getAddress(), address.getPortValue(), socketLabels);
  }

  private static boolean healthy(LbEndpoint endpoint) {
    HealthStatus status = endpoint.getHealthStatus();
    return status == HealthStatus.UNKNOWN
        || status == HealthStatus.HEALTHY
        || status == HealthStatus.DEGRADED;
  }

  private Upstream upstream(String address, int port, Struct labels) {
    return cluster.getTransportSocketMatchesList().stream()
        .filter(match -> isSubset(match.getMatch().getFieldsMap(), labels.getFieldsMap()))
        .findFirst()
        .map(match -> upstream(address, port, match.getName(), match.getTransportSocket()))
        .orElseGet(
            () ->
                upstream(
                    address,
                    port,
                    cluster.getTransportSocket().getName(),
                    cluster.getTransportSocket()));
  }

  private static Upstream upstream(
      String address, int port, String name, TransportSocket transportSocket) {
    boolean tls =
        transportSocket.getTypedConfig().getTypeUrl().endsWith(".tls.v3.UpstreamTlsContext");
    return new Upstream(address, port, name, tls);
  }

  private static boolean isSubset(Map<String, Value> part, Map<String, Value> whole) {
    return part.entrySet().stream()
        .allMatch(entry -> entry.getValue().equals(whole.get(entry.getKey())));
  }
}
