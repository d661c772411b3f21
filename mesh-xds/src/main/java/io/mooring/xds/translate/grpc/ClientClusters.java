package io.mooring.xds.translate.grpc;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.clusters.aggregate.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.ConnectionPoolSettings;
import io.mooring.model.networking.ConnectionPoolSettings.HttpSettings;
import io.mooring.model.networking.ConsistentHashLb;
import io.mooring.model.networking.LoadBalancerSettings;
import io.mooring.model.networking.LoadBalancerSettings.SimpleLb;
import io.mooring.service.MeshService;
import io.mooring.xds.resource.Pack;
import io.mooring.xds.translate.cluster.ClusterInput;
import io.mooring.xds.translate.cluster.ClusterName;
import io.mooring.xds.translate.grpc.ClientClusterInput.DnsTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Translates one port of a service, or of one of its subsets, to the cluster of a gRPC client.
 * Pure.
 *
 * <p>Of a DestinationRule it takes the load balancer, TLS and the limit of concurrent requests;
 * gRPC has no word for the rest, outlier detection by consecutive errors among it.
 */
public final class ClientClusters {

  private static final UInt32Value NO_LIMIT = UInt32Value.of(0xFFFF_FFFF); // A32: 1,024 if unset
  private static final String AGGREGATE = "envoy.clusters.aggregate"; // A37: exactly this name
  private static final long MIN_RING_SIZE = 1024;
  private static final long MAX_RING_SIZE = 8L << 20; // A42

  /** Clients that do not know the first one take the second (A52); a plain policy they refuse. */
  private static final LoadBalancingPolicy LEAST_REQUEST_IF_KNOWN =
      LoadBalancingPolicy.newBuilder()
          .addPolicies(
              policy(
                  "envoy.load_balancing_policies.wrr_locality",
                  WrrLocality.newBuilder()
                      .setEndpointPickingPolicy(
                          LoadBalancingPolicy.newBuilder()
                              .addPolicies(
                                  policy(
                                      "envoy.load_balancing_policies.least_request",
                                      LeastRequest.getDefaultInstance()))
                              .addPolicies(
                                  policy(
                                      "envoy.load_balancing_policies.round_robin",
                                      RoundRobin.getDefaultInstance())))
                      .build()))
          .build();

  private ClientClusters() {}

  /**
   * Returns the cluster, followed by its parts if it has any: the client resolves one name a
   * cluster, so that one of several names is an aggregate, whose later parts are called when the
   * earlier ones cannot be.
   *
   * @return empty where the client could not be told to be as strict as the rule demands: TLS with
   *     files of the client's machine, or mTLS without certificates
   */
  public static List<Cluster> translate(ClientClusterInput input) {
    if (!isExpressible(input)) {
      return List.of();
    }
    String name = input.cluster().name();
    return switch (input.resolved().size()) {
      case 0 ->
          List.of(
              connected(named(name, input), input)
                  .setType(Cluster.DiscoveryType.EDS)
                  .setEdsClusterConfig(eds(name))
                  .build());
      case 1 -> List.of(resolving(name, input.resolved().get(0), input));
      default -> aggregate(input);
    };
  }

  /** Returns the name of a part of a cluster, counted from 0. */
  public static String partName(String cluster, int index) {
    return cluster + "/" + index;
  }

  private static List<Cluster> aggregate(ClientClusterInput input) {
    String name = input.cluster().name();
    ClusterConfig.Builder parts = ClusterConfig.newBuilder();
    List<Cluster> clusters = new ArrayList<>();
    for (int index = 0; index < input.resolved().size(); index++) {
      parts.addClusters(partName(name, index));
      clusters.add(resolving(partName(name, index), input.resolved().get(index), input));
    }
    Cluster.Builder whole = named(name, input);
    whole.getClusterTypeBuilder().setName(AGGREGATE).setTypedConfig(Pack.any(parts.build()));
    clusters.add(0, whole.build());
    return clusters;
  }

  private static Cluster.Builder named(String name, ClientClusterInput input) {
    Cluster.Builder cluster = Cluster.newBuilder().setName(name);
    balance(cluster, input.cluster().policy().loadBalancer());
    return cluster.setCircuitBreakers(
        CircuitBreakers.newBuilder()
            .addThresholds(
                CircuitBreakers.Thresholds.newBuilder()
                    .setMaxRequests(maxRequests(input.cluster().policy().connectionPool()))));
  }

  private static Cluster.Builder connected(Cluster.Builder cluster, ClientClusterInput input) {
    socket(input).ifPresent(cluster::setTransportSocket);
    if (input.reportsLoad()) {
      cluster.getLrsServerBuilder().getSelfBuilder();
    }
    return cluster;
  }

  private static Cluster.EdsClusterConfig eds(String name) {
    return Cluster.EdsClusterConfig.newBuilder()
        .setEdsConfig(ClientListeners.ADS)
        .setServiceName(name)
        .build();
  }

  private static Cluster resolving(String name, DnsTarget target, ClientClusterInput input) {
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(name);
    assignment
        .addEndpointsBuilder()
        .addLbEndpointsBuilder()
        .getEndpointBuilder()
        .getAddressBuilder()
        .getSocketAddressBuilder()
        .setAddress(target.name())
        .setPortValue(target.port());
    return connected(named(name, input), input)
        .setType(Cluster.DiscoveryType.LOGICAL_DNS)
        .setLoadAssignment(assignment)
        .build();
  }

  private static void balance(Cluster.Builder cluster, Optional<LoadBalancerSettings> settings) {
    cluster.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN);
    Optional<ConsistentHashLb> hash = settings.flatMap(LoadBalancerSettings::consistentHash);
    if (hash.isPresent()) {
      cluster
          .setLbPolicy(Cluster.LbPolicy.RING_HASH)
          .getRingHashLbConfigBuilder()
          .setMinimumRingSize(UInt64Value.of(ringSize(hash.get())));
      return;
    }
    SimpleLb simple = settings.flatMap(LoadBalancerSettings::simple).orElse(SimpleLb.UNSPECIFIED);
    switch (simple) {
      case LEAST_CONN, LEAST_REQUEST -> cluster.setLoadBalancingPolicy(LEAST_REQUEST_IF_KNOWN);
      case UNSPECIFIED, RANDOM, ROUND_ROBIN, PASSTHROUGH -> {}
    }
  }

  private static long ringSize(ConsistentHashLb hash) {
    OptionalLong size =
        hash.ringHash()
            .map(ConsistentHashLb.RingHash::minimumRingSize)
            .orElseGet(hash::minimumRingSize);
    return Math.min(size.orElse(MIN_RING_SIZE), MAX_RING_SIZE);
  }

  private static UInt32Value maxRequests(Optional<ConnectionPoolSettings> pool) {
    return pool.flatMap(ConnectionPoolSettings::http)
        .map(HttpSettings::http2MaxRequests)
        .filter(limit -> limit.orElse(0) > 0)
        .map(limit -> UInt32Value.of(limit.getAsInt()))
        .orElse(NO_LIMIT);
  }

  private static boolean isExpressible(ClientClusterInput input) {
    Optional<ClientTlsSettings> tls = input.cluster().policy().tls();
    if (tls.isEmpty()) {
      return true;
    }
    return switch (tls.get().mode()) {
      case DISABLE -> true;
      case ISTIO_MUTUAL -> input.provider().isPresent();
      case SIMPLE ->
          tls.get().caCertificates().isEmpty()
              && tls.get().caCrl().isEmpty()
              && !tls.get().insecureSkipVerify().orElse(false);
      case MUTUAL -> false;
    };
  }

  private static Optional<TransportSocket> socket(ClientClusterInput input) {
    ClusterInput from = input.cluster();
    if (from.policy().tls().isEmpty()) {
      return input
          .provider()
          .filter(provider -> input.mutualTls())
          .map(provider -> mutual(provider, from, from.peerNames(), ""));
    }
    ClientTlsSettings tls = from.policy().tls().get();
    return switch (tls.mode()) {
      case DISABLE, MUTUAL -> Optional.empty();
      case ISTIO_MUTUAL ->
          input
              .provider()
              .map(
                  provider ->
                      mutual(
                          provider,
                          from,
                          tls.subjectAltNames().isEmpty()
                              ? from.peerNames()
                              : tls.subjectAltNames(),
                          tls.sni()));
      case SIMPLE -> Optional.of(toWeb(tls, from.service()));
    };
  }

  private static TransportSocket mutual(
      String provider, ClusterInput from, List<String> names, String sni) {
    return ProviderTls.mutual(
        provider,
        from.trustDomain(),
        names,
        sni.isEmpty()
            ? ClusterName.sni(from.port().number(), from.subset(), from.service().host())
            : sni);
  }

  private static TransportSocket toWeb(ClientTlsSettings tls, MeshService service) {
    String sni = tls.sni().isEmpty() ? service.host() : tls.sni();
    List<String> names =
        tls.subjectAltNames().isEmpty() ? service.subjectAltNames() : tls.subjectAltNames();
    return ProviderTls.toWeb(names.isEmpty() ? List.of(sni) : names, sni);
  }

  private static LoadBalancingPolicy.Policy policy(
      String name, com.google.protobuf.Message config) {
    return LoadBalancingPolicy.Policy.newBuilder()
        .setTypedExtensionConfig(
            TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(Pack.any(config)))
        .build();
  }
}
