package io.mooring.xds.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.xds.explain.Step.Stage;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.node.ProxyNode;
import java.util.stream.Collectors;

/** A mesh in YAML, and what is explained of it. */
abstract class Explained {

  static final String SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: http, protocol: HTTP}, {number: 9090, name: tcp, protocol: TCP}]
        workloadSelector: {labels: {app: ratings}}
      """;
  static final String VM =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: vm, namespace: demo}
      spec: {address: 10.0.0.1, labels: {app: ratings, version: v1}, serviceAccount: ratings}
      """;
  static final String ROUTE =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings]
        http:
        - match: [{uri: {prefix: /x}, headers: {end-user: {exact: jason}}}]
          fault: {abort: {httpStatus: 500, percentage: {value: 100}}}
          route: [{destination: {host: ratings}}]
        - route:
          - {destination: {host: ratings}, weight: 30}
          - {destination: {host: ratings, subset: v2}, weight: 70}
      """;
  static final String SUBSETS =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: ratings, namespace: demo}
      spec: {host: ratings, subsets: [{name: v2, labels: {version: v2}}]}
      """;
  static final String STRICT =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default, namespace: demo}
      spec: {mtls: {mode: STRICT}}
      """;

  static Explanation explain(String host, int port, String... documents) {
    return explain(node("demo", "REDIRECT"), host, port, documents);
  }

  static Explanation explain(ProxyNode node, String host, int port, String... documents) {
    ParsedConfig parsed = new ConfigCodec().parse("mesh.yaml", String.join("---\n", documents));
    assertThat(parsed.hasErrors()).as(parsed.problems().toString()).isFalse();
    MemorySource source = new MemorySource();
    source.put(parsed.objects().stream().map(LocatedObject::object).toArray(ConfigObject[]::new));
    try (ServiceRegistry registry =
        ServiceRegistry.builder()
            .source(source)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build()
            .start()) {
      RegistrySnapshot snapshot = registry.snapshot();
      return Explanation.of(
          snapshot, node, new MeshGenerator(() -> snapshot).initial(node), host, port);
    }
  }

  static ProxyNode node(String namespace, String capture) {
    return ProxyNode.parse(
        Node.newBuilder()
            .setId("sidecar~10.0.0.2~client.%1$s~%1$s.svc.cluster.local".formatted(namespace))
            .setMetadata(
                Struct.newBuilder()
                    .putFields("INTERCEPTION_MODE", text(capture))
                    .putFields("INSTANCE_IPS", text("10.0.0.2")))
            .build());
  }

  static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  static Step step(Explanation explanation, Stage stage) {
    return explanation.steps().stream()
        .filter(step -> step.stage() == stage)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + stage + " in " + explanation));
  }

  static String rejected(Explanation explanation, Stage stage) {
    return step(explanation, stage).rejected().stream()
        .map(it -> it.candidate() + ": " + it.reason())
        .collect(Collectors.joining("\n"));
  }
}
