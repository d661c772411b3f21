package io.mooring.xds.translate.cluster;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.extensions.clusters.common.dns.v3.DnsLookupFamily;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.v3.Percent;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.TrafficPolicy;
import io.mooring.xds.resource.Pack;
import io.mooring.xds.translate.endpoint.EndpointInput;
import io.mooring.xds.translate.endpoint.LoadAssignments;
import java.util.List;
import java.util.Optional;

/**
 * Translates one port of a service, or of one of its subsets, to the cluster of its clients. Pure.
 */
public final class OutboundClusters {

  /**
   * How long a connection with mTLS is used. Envoy checks certificates at the handshake alone: a
   * connection would outlive the certificates of both sides by any length of time. Requests in
   * flight finish; the next one opens a new connection.
   */
  private static final Duration MAX_AUTHENTICATED_CONNECTION =
      Duration.newBuilder().setSeconds(3600).build();

  private static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setInitialFetchTimeout(Duration.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  private OutboundClusters() {}

  /**
   * Returns the cluster of {@code input}.
   *
   * @return absent where Envoy could do nothing with it: a DNS service without an address to
   *     resolve, and {@code DYNAMIC_DNS}, which no proxy sees
   */
  public static Optional<Cluster> translate(ClusterInput input) {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(input.name())
            .setConnectTimeout(ClusterDefaults.CONNECT_TIMEOUT)
            .setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST)
            .setMetadata(ClusterMetadata.of(input));
    TrafficPolicy policy = input.policy();
    policy.loadBalancer().ifPresent(settings -> LoadBalancers.set(cluster, settings));
    if (!discover(cluster, input)) {
      return Optional.empty();
    }
    ConnectionPools.set(cluster, policy.connectionPool(), policy.retryBudget());
    policy.outlierDetection().ifPresent(detection -> Outliers.set(cluster, detection));
    Optional<UpstreamHttp> http =
        UpstreamHttp.of(input.port().protocol())
            .map(declared -> ConnectionPools.version(declared, policy.connectionPool()));
    http.ifPresent(version -> setHttp(cluster, version, input));
    PeerTls.set(cluster, input, http);
    return Optional.of(cluster.build());
  }

  private static boolean discover(Cluster.Builder cluster, ClusterInput input) {
    if (LoadBalancers.isPassthrough(input.policy().loadBalancer())) {
      setOriginalDestination(cluster, input);
      return true;
    }
    return switch (input.service().resolution()) {
      case STATIC -> {
        cluster
            .setType(Cluster.DiscoveryType.EDS)
            .getEdsClusterConfigBuilder()
            .setEdsConfig(ADS)
            .setServiceName(input.name());
        // Envoy's panic mode would send traffic to endpoints that drain once they are half of all.
        cluster.getCommonLbConfigBuilder().setHealthyPanicThreshold(Percent.getDefaultInstance());
        yield true;
      }
      case NONE -> {
        setOriginalDestination(cluster, input);
        yield true;
      }
      case DNS -> setDns(cluster, input, input.addresses());
      case DNS_ROUND_ROBIN -> setDns(cluster, input, input.addresses().stream().limit(1).toList());
      case DYNAMIC_DNS -> false;
    };
  }

  private static void setOriginalDestination(Cluster.Builder cluster, ClusterInput input) {
    cluster
        .setType(Cluster.DiscoveryType.ORIGINAL_DST)
        .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED);
    input
        .port()
        .targetPort()
        .ifPresent(
            port ->
                cluster
                    .getOriginalDstLbConfigBuilder()
                    .setUpstreamPortOverride(UInt32Value.of(port)));
  }

  private static boolean setDns(
      Cluster.Builder cluster, ClusterInput input, List<EndpointInput.Target> addresses) {
    if (addresses.isEmpty()) {
      return false;
    }
    DnsCluster dns =
        DnsCluster.newBuilder()
            .setDnsRefreshRate(Duration.newBuilder().setSeconds(60))
            .setDnsJitter(Duration.newBuilder().setNanos(100_000_000))
            .setRespectDnsTtl(true)
            .setDnsLookupFamily(DnsLookupFamily.V4_PREFERRED)
            .setAllAddressesInSingleEndpoint(
                input.service().resolution() == Resolution.DNS_ROUND_ROBIN)
            .build();
    cluster
        .setClusterType(
            Cluster.CustomClusterType.newBuilder()
                .setName("envoy.cluster.dns")
                .setTypedConfig(Pack.any(dns)))
        .setLoadAssignment(LoadAssignments.translate(new EndpointInput(input.name(), addresses)));
    return true;
  }

  private static void setHttp(Cluster.Builder cluster, UpstreamHttp version, ClusterInput input) {
    HttpProtocolOptions.Builder options =
        ConnectionPools.httpOptions(version, input.policy().connectionPool());
    if (PeerTls.isMutual(input)
        && !options.getCommonHttpProtocolOptions().hasMaxConnectionDuration()) {
      options
          .getCommonHttpProtocolOptionsBuilder()
          .setMaxConnectionDuration(MAX_AUTHENTICATED_CONNECTION);
    }
    input
        .policy()
        .tls()
        .flatMap(tls -> TlsOrigination.fromRequest(tls, input.service()))
        .ifPresent(options::setUpstreamHttpProtocolOptions);
    cluster.putTypedExtensionProtocolOptions(UpstreamHttp.OPTIONS_KEY, Pack.any(options.build()));
  }
}
