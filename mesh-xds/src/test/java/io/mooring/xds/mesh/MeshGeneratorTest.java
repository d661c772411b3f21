package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshGeneratorTest {

  private static final String RATINGS_CLUSTER = "outbound|9080||ratings.demo.svc.cluster.local";

  private static final String RATINGS =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: http, protocol: HTTP}]
        workloadSelector: {labels: {app: ratings}}
      """;

  private static final String ENTRY =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: ratings-1, namespace: demo}
      spec: {address: 10.0.0.1, labels: {app: ratings, version: v1}, serviceAccount: %s}
      """;

  @Test
  void proxyAcceptsOnlyTheIdentitiesThatEndpointsHave() throws Exception {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      mesh.apply(ENTRY.formatted("ratings"));

      UpstreamTlsContext context =
          cluster(mesh, "demo", RATINGS_CLUSTER)
              .getTransportSocketMatches(0)
              .getTransportSocket()
              .getTypedConfig()
              .unpack(UpstreamTlsContext.class);

      assertThat(
              context
                  .getCommonTlsContext()
                  .getCombinedValidationContext()
                  .getDefaultValidationContext()
                  .getMatchTypedSubjectAltNamesList())
          .singleElement()
          .satisfies(
              name ->
                  assertThat(name.getMatcher().getExact())
                      .isEqualTo("spiffe://cluster.local/ns/demo/sa/ratings"));
      assertThat(context.getSni()).isEqualTo("outbound_.9080_._.ratings.demo.svc.cluster.local");
      assertThat(context.getCommonTlsContext().getAlpnProtocolsList())
          .containsExactly("istio-http/1.1", "istio", "http/1.1");
    }
  }

  @Test
  void aChangeThatWaitedDoesNotTakeBackANewerOne() {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      RegistryChange waiting = mesh.apply(ENTRY.formatted("ratings"));
      mesh.apply(ENTRY.formatted("ratings").replace("10.0.0.1", "10.0.0.2"));
      MeshGenerator generator = mesh.generator();
      ProxyNode client = TestMesh.proxy("demo");
      ResourceSet newest = generator.initial(client);
      assertThat(generator.update(client, newest, waiting)).isEqualTo(newest);
    }
  }

  @Test
  void peerAuthenticationOfTheServerTakesMutualTlsFromItsClients() throws Exception {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      mesh.apply(ENTRY.formatted("ratings"));
      MeshGenerator generator = mesh.generator();
      ProxyNode client = TestMesh.proxy("demo");
      ResourceSet before = generator.initial(client);
      assertThat(assignment(before).toString()).contains("envoy.transport_socket_match");

      RegistryChange change =
          mesh.apply(
              """
              apiVersion: security.istio.io/v1
              kind: PeerAuthentication
              metadata: {name: ratings, namespace: demo}
              spec: {mtls: {mode: DISABLE}}
              """);

      assertThat(generator.concerns(client, change)).isTrue();
      assertThat(assignment(generator.update(client, before, change)).toString())
          .doesNotContain("envoy.transport_socket_match");
    }
  }

  @Test
  void changeOfEndpointsKeepsEverythingElseAsItIs() {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      mesh.apply(ENTRY.formatted("ratings"));
      MeshGenerator generator = mesh.generator();
      ProxyNode client = TestMesh.proxy("demo");
      ResourceSet before = generator.initial(client);

      RegistryChange change =
          mesh.apply(ENTRY.formatted("ratings").replace("10.0.0.1", "10.0.0.7"));
      ResourceSet after = generator.update(client, before, change);

      for (XdsType type : List.of(XdsType.CLUSTER, XdsType.LISTENER, XdsType.ROUTE)) {
        assertThat(after.resources(type)).isSameAs(before.resources(type));
      }
      assertThat(after.resources(XdsType.ENDPOINT))
          .isNotEqualTo(before.resources(XdsType.ENDPOINT));
    }
  }

  @Test
  void whatManyChangesMadeIsForgotten() {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      long budget = 100_000;
      MeshGenerator generator = new MeshGenerator(mesh::snapshot, false, budget);
      ProxyNode client = TestMesh.proxy("demo");
      ResourceSet set = generator.initial(client);

      long most = 0;
      for (int i = 1; i <= 500; i++) {
        RegistryChange change = mesh.apply(ENTRY.formatted("account-" + i));
        set = generator.update(client, set, change);
        most = Math.max(most, generator.remembered());
      }

      assertThat(most).isBetween(budget / 4, 2 * budget);
    }
  }

  @Test
  void endpointsOfAServiceThatIsNotExportedConcernNobodyElse() {
    try (TestMesh mesh =
        TestMesh.of(RATINGS.replace("location:", "exportTo: [\".\"]\n  location:"))) {
      RegistryChange change = mesh.apply(ENTRY.formatted("ratings"));

      assertThat(mesh.generator().concerns(TestMesh.proxy("shop"), change)).isFalse();
      assertThat(mesh.generator().concerns(TestMesh.proxy("demo"), change)).isTrue();
    }
  }

  @Test
  void unknownNamesAreAnsweredWithEmptyResources() throws Exception {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      ResourceSet set = mesh.generator().initial(TestMesh.proxy("demo"));

      RouteConfiguration route =
          RouteConfiguration.parseFrom(
              set.get(XdsType.ROUTE, "4711").orElseThrow().body().getValue());
      ClusterLoadAssignment assignment =
          ClusterLoadAssignment.parseFrom(
              set.get(XdsType.ENDPOINT, "nobody").orElseThrow().body().getValue());

      assertThat(route.getName()).isEqualTo("4711");
      assertThat(route.getVirtualHostsList()).isEmpty();
      assertThat(assignment.getClusterName()).isEqualTo("nobody");
      assertThat(assignment.getEndpointsList()).isEmpty();
    }
  }

  @Test
  void dnsServiceWithoutAddressesHasNoCluster() throws Exception {
    String dns =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: api, namespace: demo}
        spec:
          hosts: [api.example.com]
          resolution: DNS
          ports: [{number: 80, name: http, protocol: HTTP}]
        """;
    try (TestMesh mesh = TestMesh.of(dns)) {
      DnsCluster config =
          cluster(mesh, "demo", "outbound|80||api.example.com")
              .getClusterType()
              .getTypedConfig()
              .unpack(DnsCluster.class);
      assertThat(config.getAllAddressesInSingleEndpoint()).isFalse();

      mesh.apply(dns + "  workloadSelector: {labels: {app: nobody}}\n");

      assertThat(mesh.generator().initial(TestMesh.proxy("demo")).resources(XdsType.CLUSTER))
          .doesNotContainKey("outbound|80||api.example.com");
    }
  }

  @Test
  void externalServiceIsNeverSpokenToWithMutualTlsUnasked() throws Exception {
    try (TestMesh mesh = TestMesh.of(RATINGS.replace("MESH_INTERNAL", "MESH_EXTERNAL"))) {
      Cluster cluster = cluster(mesh, "demo", RATINGS_CLUSTER);

      assertThat(cluster.getTransportSocketMatchesList()).isEmpty();
      assertThat(cluster.hasTransportSocket()).isFalse();
    }
  }

  @Test
  void shortNamesAreThoseThatResolveInTheProxysNamespace() throws Exception {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      assertThat(ratingsHost(mesh, "demo").getDomainsList())
          .containsExactly(
              "ratings.demo.svc.cluster.local",
              "ratings.demo.svc.cluster.local.",
              "ratings",
              "ratings.demo",
              "ratings.demo.svc");
      assertThat(ratingsHost(mesh, "shop").getDomainsList())
          .containsExactly(
              "ratings.demo.svc.cluster.local",
              "ratings.demo.svc.cluster.local.",
              "ratings.demo",
              "ratings.demo.svc");
    }
  }

  @Test
  void rulesForOtherClientsLeaveTheDefaultRoute() throws Exception {
    try (TestMesh mesh = TestMesh.of(RATINGS)) {
      mesh.apply(
          """
          apiVersion: networking.istio.io/v1
          kind: VirtualService
          metadata: {name: ratings, namespace: demo}
          spec:
            hosts: [ratings]
            http:
            - match: [{sourceNamespace: shop}]
              route: [{destination: {host: ratings, subset: v9}}]
          """);

      assertThat(ratingsHost(mesh, "demo").getRoutes(0).getRoute().getCluster())
          .isEqualTo(RATINGS_CLUSTER);
      assertThat(ratingsHost(mesh, "shop").getRoutes(0).getRoute().getCluster())
          .isEqualTo("outbound|9080|v9|ratings.demo.svc.cluster.local");
    }
  }

  private static VirtualHost ratingsHost(TestMesh mesh, String namespace) throws Exception {
    return RouteConfiguration.parseFrom(
            mesh.generator()
                .initial(TestMesh.proxy(namespace))
                .get(XdsType.ROUTE, "9080")
                .orElseThrow()
                .body()
                .getValue())
        .getVirtualHosts(0);
  }

  private static Cluster cluster(TestMesh mesh, String namespace, String name) throws Exception {
    ResourceSet set = mesh.generator().initial(TestMesh.proxy(namespace));
    return Cluster.parseFrom(set.get(XdsType.CLUSTER, name).orElseThrow().body().getValue());
  }

  private static ClusterLoadAssignment assignment(ResourceSet set)
      throws InvalidProtocolBufferException {
    return ClusterLoadAssignment.parseFrom(
        set.get(XdsType.ENDPOINT, RATINGS_CLUSTER).orElseThrow().body().getValue());
  }
}
