package io.mooring.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.testkit.traffic.TrafficConnection;
import io.mooring.testkit.traffic.TrafficRequest;
import io.mooring.testkit.traffic.TrafficSimulation;
import io.mooring.testkit.traffic.TrafficVerdict;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.node.ProxyNode;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How YAML is unit-tested: what an Envoy would do with a call, without any process or port. */
class TrafficRulesTest {

  private static final ProxyNode WEB =
      ProxyNode.parse(
          Node.newBuilder().setId("sidecar~10.0.0.9~web.demo~demo.svc.cluster.local").build());

  private static final String MESH =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: reviews, namespace: demo}
      spec:
        hosts: [reviews.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: http, protocol: HTTP}]
        endpoints:
        - {address: 10.0.0.1, labels: {version: v1}}
        - {address: 10.0.0.2, labels: {version: v2}}
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: reviews, namespace: demo}
      spec:
        host: reviews.demo.svc.cluster.local
        subsets:
        - {name: v1, labels: {version: v1}}
        - {name: v2, labels: {version: v2}}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews, namespace: demo}
      spec:
        hosts: [reviews.demo.svc.cluster.local]
        http:
        - match: [{headers: {end-user: {exact: jason}}}]
          route: [{destination: {host: reviews.demo.svc.cluster.local, subset: v2}}]
        - route: [{destination: {host: reviews.demo.svc.cluster.local, subset: v1}}]
      """;

  @Test
  void jasonAloneSeesTheNewVersion() throws Exception {
    TrafficRequest request = TrafficRequest.get("reviews.demo.svc.cluster.local:9080", "/");
    try (ServiceRegistry registry = registry()) {
      TrafficSimulation envoy =
          TrafficSimulation.of(new MeshGenerator(registry::snapshot).initial(WEB));
      assertThat(endpoint(envoy, request)).isEqualTo("10.0.0.1:9080");
      assertThat(endpoint(envoy, request.withHeader("end-user", "jason")))
          .isEqualTo("10.0.0.2:9080");
    }
  }

  private static String endpoint(TrafficSimulation envoy, TrafficRequest request) {
    TrafficVerdict verdict =
        envoy.decide(TrafficConnection.outbound("10.9.9.9", 9080), request, new Random(1));
    return verdict.trace().endpoint();
  }

  private static ServiceRegistry registry() throws InterruptedException {
    ParsedConfig parsed = new ConfigCodec().parse("mesh.yaml", MESH);
    assertThat(parsed.problems()).isEmpty();
    MemorySource source = new MemorySource();
    parsed.objects().forEach(located -> source.put(located.object()));
    ServiceRegistry registry = ServiceRegistry.builder().source(source).build().start();
    assertThat(registry.awaitReady()).isTrue();
    return registry;
  }
}
