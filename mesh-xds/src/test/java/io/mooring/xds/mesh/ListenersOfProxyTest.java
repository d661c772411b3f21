package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.testkit.GoldenFiles;
import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.translate.listener.ListenerConflict;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenersOfProxyTest {

  private static final String ADDRESS = "10.0.0.9";

  private static final String SERVICES =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: http, protocol: HTTP, targetPort: 8080}]
        workloadSelector: {labels: {app: ratings}}
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: reviews, namespace: demo}
      spec:
        hosts: [reviews.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: http, protocol: HTTP}]
        endpoints: [{address: 10.0.0.8}]
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: db, namespace: demo}
      spec:
        hosts: [db.example.com]
        addresses: [240.240.0.1]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 5432, name: tcp, protocol: TCP}]
        endpoints: [{address: 10.0.0.7}]
      """;

  private static final String WORKLOAD =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: vm, namespace: demo}
      spec: {address: 10.0.0.9, labels: {app: ratings}, serviceAccount: ratings}
      """;

  private static final String STRICT_RATINGS =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: strict, namespace: demo}
      spec:
        selector: {matchLabels: {app: ratings}}
        mtls: {mode: STRICT}
      """;

  @ParameterizedTest
  @ValueSource(strings = {"REDIRECT", "NONE"})
  void smallVirtualMachine(String capture) {
    try (TestMesh mesh = TestMesh.of(SERVICES)) {
      mesh.apply(WORKLOAD);

      ResourceSet set = mesh.generator().initial(node(capture));

      GoldenFiles.assertMatches(
          "listeners/" + capture.toLowerCase(Locale.ROOT) + ".json",
          ResourceJson.print(set, Set.of(XdsType.LISTENER)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"REDIRECT", "NONE"})
  void workloadThatJoinsOrLeavesItsServiceGetsOrLosesItsPort(String capture) {
    try (TestMesh mesh = TestMesh.of(SERVICES)) {
      MeshGenerator generator = mesh.generator();
      ProxyNode node = node(capture);
      ResourceSet before = generator.initial(node);

      RegistryChange joined = mesh.apply(WORKLOAD);
      assertThat(generator.concerns(node, joined)).isTrue();
      ResourceSet with = generator.update(node, before, joined);
      assertThat(with).isEqualTo(generator.initial(node));
      assertThat(with.resources(XdsType.CLUSTER)).containsKey("inbound|8080||");

      RegistryChange left = mesh.delete(TestMesh.parse(WORKLOAD).get(0));
      assertThat(generator.update(node, with, left)).isEqualTo(before);
      assertThat(before.resources(XdsType.CLUSTER)).doesNotContainKey("inbound|8080||");
    }
  }

  @Test
  void labelsThatTheRegistryKnowsSelectThePolicy() throws Exception {
    try (TestMesh mesh = TestMesh.of(SERVICES)) {
      mesh.apply(WORKLOAD);
      mesh.apply(STRICT_RATINGS);

      ResourceSet set = mesh.generator().initial(node("NONE"));

      assertThat(chains(set, ADDRESS + "_8080"))
          .isNotEmpty()
          .allMatch(FilterChain::hasTransportSocket);
    }
  }

  @Test
  void workloadOfNoServiceIsKnownByItsEntry() throws Exception {
    try (TestMesh mesh = TestMesh.of(STRICT_RATINGS)) {
      MeshGenerator generator = mesh.generator();
      ProxyNode node = node("REDIRECT");
      ResourceSet before = generator.initial(node);

      RegistryChange joined = mesh.apply(WORKLOAD);

      assertThat(generator.concerns(node, joined)).isTrue();
      ResourceSet after = generator.update(node, before, joined);
      assertThat(after).isEqualTo(generator.initial(node));
      assertThat(chains(after, "virtualInbound"))
          .filteredOn(chain -> chain.getName().equals("virtualInbound"))
          .isNotEmpty()
          .allMatch(FilterChain::hasTransportSocket);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"REDIRECT", "NONE"})
  void unhealthyWorkloadKeepsItsPortAndThePolicyForItsLabels(String capture) throws Exception {
    String sick =
        WORKLOAD.replace(
            "namespace: demo}",
            "namespace: demo, annotations: {proxy.istio.io/health-checks-enabled: 'true'}}");
    try (TestMesh mesh = TestMesh.of(SERVICES)) {
      mesh.apply(STRICT_RATINGS);
      mesh.apply(WORKLOAD);
      MeshGenerator generator = mesh.generator();
      ProxyNode node = node(capture);
      ResourceSet healthy = generator.initial(node);

      RegistryChange change = mesh.apply(sick);

      ResourceSet unhealthy = generator.update(node, healthy, change);
      assertThat(unhealthy).isEqualTo(generator.initial(node));
      assertThat(unhealthy.resources(XdsType.LISTENER))
          .isEqualTo(healthy.resources(XdsType.LISTENER));
      assertThat(unhealthy.resources(XdsType.CLUSTER)).containsKey("inbound|8080||");
      assertThat(unhealthy.resources(XdsType.ENDPOINT))
          .isNotEqualTo(healthy.resources(XdsType.ENDPOINT));
    }
  }

  @Test
  void outboundPortThatTheApplicationHasIsReported() {
    String clash =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: other, namespace: demo}
        spec:
          hosts: [other.demo]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: 8080, name: http, protocol: HTTP}]
          endpoints: [{address: 10.0.0.7}]
        """;
    try (TestMesh mesh = TestMesh.of(SERVICES)) {
      mesh.apply(WORKLOAD);
      mesh.apply(clash);

      assertThat(mesh.generator().conflicts(node("NONE")))
          .extracting(ListenerConflict::listener, it -> it.service().host())
          .containsExactly(tuple("127.0.0.1_8080", "other.demo"));
      assertThat(mesh.generator().conflicts(node("REDIRECT"))).isEmpty();
    }
  }

  private static List<FilterChain> chains(ResourceSet set, String listener) throws Exception {
    return set.get(XdsType.LISTENER, listener)
        .orElseThrow()
        .body()
        .unpack(Listener.class)
        .getFilterChainsList();
  }

  private static ProxyNode node(String capture) {
    Node.Builder node =
        Node.newBuilder().setId("sidecar~" + ADDRESS + "~vm.demo~demo.svc.cluster.local");
    node.getMetadataBuilder()
        .putFields("INTERCEPTION_MODE", Value.newBuilder().setStringValue(capture).build());
    return ProxyNode.parse(node.build());
  }
}
