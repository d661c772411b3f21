package io.mooring.xds.translate.endpoint;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.mooring.model.Locality;
import io.mooring.service.MeshEndpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Translates the endpoints of one cluster to its load assignment. Pure. */
public final class LoadAssignments {

  private static final String UNIX = "unix://";

  /** Envoy bounds the sum in a locality and that of the localities of a priority: all have one. */
  private static final long MAX_WEIGHT = 0xFFFF_FFFFL;

  private static final Comparator<EndpointInput.Target> ORDER =
      Comparator.comparing((EndpointInput.Target target) -> target.endpoint().address())
          .thenComparing(target -> target.endpoint().port())
          .thenComparing(target -> target.endpoint().namespace())
          .thenComparing(target -> target.endpoint().workloadName());

  private static final Struct SPEAKS_MUTUAL_TLS =
      Struct.newBuilder()
          .putFields("tlsMode", Value.newBuilder().setStringValue("istio").build())
          .build();

  private LoadAssignments() {}

  /**
   * Returns the load assignment: one group a locality, in the order of localities, its weight the
   * sum of its endpoints.
   *
   * <p>Weights whose sum is beyond 2^32 - 1, the most that Envoy takes, are made smaller in
   * proportion. Istio cuts the sum alone, so that Envoy refuses such a cluster with a consistent
   * hash.
   *
   * @return without groups where there are no targets: then Envoy answers "no healthy upstream"
   */
  public static ClusterLoadAssignment translate(EndpointInput input) {
    Map<Locality, List<EndpointInput.Target>> targetsByLocality = new TreeMap<>();
    for (EndpointInput.Target target : input.targets()) {
      targetsByLocality
          .computeIfAbsent(target.endpoint().locality(), locality -> new ArrayList<>())
          .add(target);
    }
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(input.cluster());
    double scale = scale(input.targets());
    targetsByLocality.forEach(
        (locality, targets) -> assignment.addEndpoints(group(locality, targets, scale)));
    return assignment.build();
  }

  /** Leaves room for the weights that become 1 because none may be 0. */
  private static double scale(List<EndpointInput.Target> targets) {
    double sum = targets.stream().mapToDouble(target -> target.endpoint().weight()).sum();
    return sum <= MAX_WEIGHT ? 1 : (MAX_WEIGHT - targets.size()) / sum;
  }

  private static LocalityLbEndpoints group(
      Locality locality, List<EndpointInput.Target> targets, double scale) {
    targets.sort(ORDER);
    LocalityLbEndpoints.Builder group = LocalityLbEndpoints.newBuilder();
    if (!locality.equals(Locality.UNKNOWN)) {
      group
          .getLocalityBuilder()
          .setRegion(locality.region())
          .setZone(locality.zone())
          .setSubZone(locality.subzone());
    }
    long weight = 0;
    for (EndpointInput.Target target : targets) {
      long share = Math.max(1, (long) (target.endpoint().weight() * scale));
      group.addLbEndpoints(endpoint(target, share));
      weight += share;
    }
    return group.setLoadBalancingWeight(UInt32Value.of((int) weight)).build();
  }

  private static LbEndpoint endpoint(EndpointInput.Target target, long weight) {
    MeshEndpoint endpoint = target.endpoint();
    LbEndpoint.Builder member = LbEndpoint.newBuilder();
    if (endpoint.draining()) {
      member.setHealthStatus(HealthStatus.DRAINING);
    }
    return member
        .setEndpoint(Endpoint.newBuilder().setAddress(address(endpoint)))
        .setLoadBalancingWeight(UInt32Value.of((int) weight))
        .setMetadata(metadata(target))
        .build();
  }

  private static Address address(MeshEndpoint endpoint) {
    if (endpoint.address().startsWith(UNIX)) {
      return Address.newBuilder()
          .setPipe(Pipe.newBuilder().setPath(endpoint.address().substring(UNIX.length())))
          .build();
    }
    return Address.newBuilder()
        .setSocketAddress(
            SocketAddress.newBuilder().setAddress(endpoint.address()).setPortValue(endpoint.port()))
        .build();
  }

  private static Metadata metadata(EndpointInput.Target target) {
    Metadata.Builder metadata =
        Metadata.newBuilder().putFilterMetadata("istio", workload(target.endpoint()));
    if (target.mutualTls()) {
      metadata.putFilterMetadata("envoy.transport_socket_match", SPEAKS_MUTUAL_TLS);
    }
    return metadata.build();
  }

  /**
   * Returns who the endpoint is, for access logs: Istio's name;namespace;service;revision;cluster.
   */
  private static Struct workload(MeshEndpoint endpoint) {
    Map<String, String> labels = endpoint.labels();
    String service =
        labels.getOrDefault(
            "service.istio.io/canonical-name",
            labels.getOrDefault(
                "app.kubernetes.io/name", labels.getOrDefault("app", endpoint.workloadName())));
    String revision =
        labels.getOrDefault(
            "service.istio.io/canonical-revision",
            labels.getOrDefault(
                "app.kubernetes.io/version", labels.getOrDefault("version", "latest")));
    String text =
        String.join(";", endpoint.workloadName(), endpoint.namespace(), service, revision, "");
    return Struct.newBuilder()
        .putFields("workload", Value.newBuilder().setStringValue(text).build())
        .build();
  }
}
