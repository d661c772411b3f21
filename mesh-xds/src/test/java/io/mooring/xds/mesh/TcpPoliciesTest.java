package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.mooring.xds.resource.XdsType;
import org.junit.jupiter.api.Test;

class TcpPoliciesTest {

  private static final String DATABASE =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: db, namespace: demo}
      spec:
        hosts: [db.example.com]
        addresses: [240.240.0.1]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 5432, name: tcp, protocol: TCP}]
        endpoints: [{address: 10.0.0.7, labels: {version: v1}}]
      """;

  private static final String POLICY =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: db, namespace: demo}
      spec:
        host: db.example.com
        trafficPolicy:
          loadBalancer: {consistentHash: {useSourceIp: true}}
          connectionPool: {tcp: {idleTimeout: 90s}}
        subsets:
        - name: v1
          labels: {version: v1}
          trafficPolicy:
            loadBalancer: {simple: RANDOM}
            connectionPool: {tcp: {idleTimeout: 0s}}
        - {name: v2, labels: {version: v2}}
      """;

  private static final String ROUTES =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: db, namespace: demo}
      spec:
        hosts: [db.example.com]
        tcp:
        - route:
      """;

  @Test
  void connectionsOfWhichNothingIsSaidAreProxiedByDefaults() throws Exception {
    TcpProxy proxy = proxy(DATABASE);

    assertThat(proxy.getHashPolicyCount()).isZero();
    assertThat(proxy.hasIdleTimeout()).isFalse();
  }

  @Test
  void clientIpAndIdleTimeoutOfTheServiceHoldForItsConnections() throws Exception {
    TcpProxy proxy = proxy(DATABASE, POLICY);

    assertThat(proxy.getHashPolicyList()).hasSize(1);
    assertThat(proxy.getHashPolicy(0).hasSourceIp()).isTrue();
    assertThat(proxy.getIdleTimeout().getSeconds()).isEqualTo(90);
  }

  @Test
  void connectionsToOneSubsetFollowItsPolicy() throws Exception {
    TcpProxy proxy =
        proxy(
            DATABASE,
            POLICY,
            ROUTES + "  - {destination: {host: db.example.com, subset: v1}}".indent(2));

    assertThat(proxy.getCluster()).isEqualTo("outbound|5432|v1|db.example.com");
    assertThat(proxy.getHashPolicyCount()).isZero();
    assertThat(proxy.hasIdleTimeout()).isTrue();
    assertThat(proxy.getIdleTimeout().getSeconds()).isZero();
  }

  @Test
  void connectionsToSeveralSubsetsFollowThePolicyOfTheService() throws Exception {
    TcpProxy proxy =
        proxy(
            DATABASE,
            POLICY,
            ROUTES
                + "  - {destination: {host: db.example.com, subset: v1}, weight: 1}".indent(2)
                + "  - {destination: {host: db.example.com, subset: v2}, weight: 1}".indent(2));

    assertThat(proxy.getWeightedClusters().getClustersCount()).isEqualTo(2);
    assertThat(proxy.getHashPolicyCount()).isEqualTo(1);
    assertThat(proxy.getIdleTimeout().getSeconds()).isEqualTo(90);
  }

  private static TcpProxy proxy(String... documents) throws Exception {
    try (TestMesh mesh = TestMesh.of(String.join("---\n", documents))) {
      return mesh.generator()
          .initial(TestMesh.proxy("demo"))
          .get(XdsType.LISTENER, "240.240.0.1_5432")
          .orElseThrow()
          .body()
          .unpack(Listener.class)
          .getFilterChains(0)
          .getFilters(0)
          .getTypedConfig()
          .unpack(TcpProxy.class);
    }
  }
}
