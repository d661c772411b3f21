package io.mooring.xds.translate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.clusters.aggregate.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.ConsistentHashLb;
import io.mooring.model.networking.LoadBalancerSettings;
import io.mooring.model.networking.LoadBalancerSettings.SimpleLb;
import io.mooring.model.networking.OutlierDetection;
import io.mooring.model.networking.TrafficPolicy;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.MeshService;
import io.mooring.testkit.Row;
import io.mooring.xds.mesh.TestSnapshot;
import io.mooring.xds.translate.cluster.ClusterInput;
import io.mooring.xds.translate.cluster.ClusterInput.MutualTls;
import io.mooring.xds.translate.grpc.ClientClusterInput.DnsTarget;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientClustersTest {

  private static final String NAME = "spiffe://td/ns/demo/sa/ratings";
  private static final Optional<String> PROVIDER = Optional.of("default");
  private static final TrafficPolicy NO_POLICY = TrafficPolicy.builder().build();

  private static ClientClusterInput input(
      TrafficPolicy policy, boolean mutualTls, Optional<String> provider, String... names) {
    MeshService service = TestSnapshot.service("ratings.demo", "demo", 9080).build();
    ClusterInput cluster =
        new ClusterInput(
            service,
            service.ports().get(0),
            "",
            policy,
            Optional.empty(),
            new TrustDomain("td"),
            List.of(names),
            MutualTls.BY_ENDPOINT,
            List.of());
    return new ClientClusterInput(cluster, mutualTls, provider, false, List.of());
  }

  private static TrafficPolicy tls(ClientTlsSettings.Mode mode) {
    return TrafficPolicy.builder().tls(ClientTlsSettings.builder().mode(mode).build()).build();
  }

  private static TrafficPolicy balanced(LoadBalancerSettings settings) {
    return TrafficPolicy.builder().loadBalancer(settings).build();
  }

  private static Cluster translate(TrafficPolicy policy) {
    return ClientClusters.translate(input(policy, false, PROVIDER)).get(0);
  }

  @SuppressWarnings("deprecation") // the point of it
  private static CertificateValidationContext validation(Cluster cluster) throws Exception {
    assertThat(cluster.getTransportSocketMatchesCount()).isZero();
    assertThat(cluster.getTransportSocket().getName()).isEqualTo("envoy.transport_sockets.tls");
    return cluster
        .getTransportSocket()
        .getTypedConfig()
        .unpack(UpstreamTlsContext.class)
        .getCommonTlsContext()
        .getValidationContext();
  }

  @Test
  @SuppressWarnings("deprecation")
  void serverIsNamedInBothFields() throws Exception {
    Cluster cluster = ClientClusters.translate(input(NO_POLICY, true, PROVIDER, NAME)).get(0);
    CertificateValidationContext validation = validation(cluster);
    assertThat(validation.getMatchSubjectAltNames(0).getExact()).isEqualTo(NAME);
    assertThat(validation.getMatchTypedSubjectAltNames(0).getMatcher().getExact()).isEqualTo(NAME);
    assertThat(validation.getCaCertificateProviderInstance().getInstanceName())
        .isEqualTo("default");
  }

  @Test
  @SuppressWarnings("deprecation")
  void serverOfUnknownNameMustBeOfTheTrustDomain() throws Exception {
    Cluster cluster = ClientClusters.translate(input(NO_POLICY, true, PROVIDER)).get(0);
    assertThat(validation(cluster).getMatchSubjectAltNames(0).getPrefix())
        .isEqualTo("spiffe://td/");
  }

  @Test
  void mutualTlsThatARuleDemandsIsNeverReplacedByClearText() {
    TrafficPolicy demanded = tls(ClientTlsSettings.Mode.ISTIO_MUTUAL);
    assertThat(ClientClusters.translate(input(demanded, false, PROVIDER)).get(0))
        .matches(Cluster::hasTransportSocket);
    assertThat(ClientClusters.translate(input(demanded, false, Optional.empty()))).isEmpty();
    assertThat(ClientClusters.translate(input(tls(ClientTlsSettings.Mode.MUTUAL), true, PROVIDER)))
        .isEmpty();
  }

  @Test
  void ruleCanSwitchMutualTlsOff() {
    TrafficPolicy off = tls(ClientTlsSettings.Mode.DISABLE);
    assertThat(ClientClusters.translate(input(off, true, PROVIDER)).get(0))
        .matches(cluster -> !cluster.hasTransportSocket());
  }

  @ParameterizedTest
  @EnumSource(SimpleLb.class)
  @Row(136)
  void plainPolicyIsOneThatEveryClientKnows(SimpleLb simple) {
    Cluster cluster = translate(balanced(LoadBalancerSettings.builder().simple(simple).build()));
    assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.ROUND_ROBIN);
    assertThat(cluster.hasLoadBalancingPolicy())
        .isEqualTo(simple == SimpleLb.LEAST_CONN || simple == SimpleLb.LEAST_REQUEST);
  }

  @Test
  @Row(136)
  void everyConsistentHashIsARing() {
    ConsistentHashLb maglev =
        ConsistentHashLb.builder().maglev(ConsistentHashLb.Maglev.builder().build()).build();
    Cluster cluster =
        translate(balanced(LoadBalancerSettings.builder().consistentHash(maglev).build()));
    assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.RING_HASH);
    assertThat(cluster.getRingHashLbConfig().getMinimumRingSize().getValue()).isEqualTo(1024);
  }

  @Test
  void ringIsNeverLargerThanClientsTake() {
    ConsistentHashLb huge = ConsistentHashLb.builder().minimumRingSize(1L << 40).build();
    Cluster cluster =
        translate(balanced(LoadBalancerSettings.builder().consistentHash(huge).build()));
    assertThat(cluster.getRingHashLbConfig().getMinimumRingSize().getValue()).isEqualTo(8L << 20);
  }

  @Test
  @Row(149)
  void whatGrpcHasNoWordForIsLeftOut() {
    Cluster cluster =
        translate(
            TrafficPolicy.builder()
                .outlierDetection(OutlierDetection.builder().consecutive5xxErrors(3).build())
                .build());
    assertThat(cluster.getAllFields().keySet())
        .extracting(field -> field.getName())
        .containsExactlyInAnyOrder("name", "type", "eds_cluster_config", "circuit_breakers");
    assertThat(cluster.getCircuitBreakers().getThresholds(0).getMaxRequests().getValue())
        .isEqualTo(-1); // row 149: 1,024 if unset; the largest number, unsigned
  }

  @Test
  @Row(134)
  void nameIsResolvedByTheClient() {
    ClientClusterInput input = input(NO_POLICY, false, PROVIDER);
    Cluster cluster =
        ClientClusters.translate(
                new ClientClusterInput(
                    input.cluster(), false, PROVIDER, true, List.of(new DnsTarget("a.example", 7))))
            .get(0);
    assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.LOGICAL_DNS);
    assertThat(cluster.getLrsServer().hasSelf()).isTrue(); // row 139
    assertThat(cluster.getLoadAssignment().getEndpointsCount()).isEqualTo(1);
    assertThat(cluster.getLoadAssignment().getEndpoints(0).getLbEndpointsCount()).isEqualTo(1);
  }

  @Test
  @Row(134)
  void severalNamesAreAnAggregateOfOneEach() throws Exception {
    ClientClusterInput input = input(NO_POLICY, false, PROVIDER);
    List<Cluster> clusters =
        ClientClusters.translate(
            new ClientClusterInput(
                input.cluster(),
                false,
                PROVIDER,
                false,
                List.of(new DnsTarget("a.example", 7), new DnsTarget("b.example", 8))));
    String name = input.cluster().name();
    assertThat(clusters)
        .extracting(Cluster::getName)
        .containsExactly(name, name + "/0", name + "/1");
    assertThat(clusters.get(0).getClusterType().getName()).isEqualTo("envoy.clusters.aggregate");
    assertThat(
            clusters
                .get(0)
                .getClusterType()
                .getTypedConfig()
                .unpack(ClusterConfig.class)
                .getClustersList())
        .containsExactly(name + "/0", name + "/1");
    assertThat(clusters.subList(1, 3))
        .allMatch(cluster -> cluster.getType() == Cluster.DiscoveryType.LOGICAL_DNS)
        .extracting(
            cluster ->
                cluster
                    .getLoadAssignment()
                    .getEndpoints(0)
                    .getLbEndpoints(0)
                    .getEndpoint()
                    .getAddress()
                    .getSocketAddress()
                    .getAddress())
        .containsExactly("a.example", "b.example");
  }
}
