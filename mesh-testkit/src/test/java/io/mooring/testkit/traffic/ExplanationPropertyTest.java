package io.mooring.testkit.traffic;

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
import io.mooring.testkit.traffic.TrafficVerdict.Forward;
import io.mooring.xds.explain.Explanation;
import io.mooring.xds.explain.Step;
import io.mooring.xds.explain.Step.Stage;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What an explanation says of a call is what the simulation of its proxy does with it. */
class ExplanationPropertyTest {

  private static final int DRAWS = 60;

  @Property(tries = 150)
  void explanationsNameTheClustersThatCallsReach(@ForAll long seed) {
    RandomMesh mesh = new RandomMesh(new Random(seed));
    ParsedConfig parsed = new ConfigCodec().parse("mesh.yaml", mesh.yaml());
    assertThat(parsed.hasErrors()).as("%s\n%s", parsed.problems(), mesh.yaml()).isFalse();
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
      for (String capture : List.of("REDIRECT", "NONE")) {
        ProxyNode node = node(capture);
        ResourceSet resources = new MeshGenerator(() -> snapshot).initial(node);
        for (String host : mesh.hosts()) {
          for (int port : RandomMesh.PORTS) {
            check(mesh, snapshot, node, resources, host, port);
          }
        }
      }
    }
  }

  private static ProxyNode node(String capture) {
    return ProxyNode.parse(
        Node.newBuilder()
            .setId("sidecar~10.0.0.2~client.demo~demo.svc.cluster.local")
            .setMetadata(
                Struct.newBuilder()
                    .putFields("INTERCEPTION_MODE", text(capture))
                    .putFields("INSTANCE_IPS", text("10.0.0.2")))
            .build());
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static void check(
      RandomMesh mesh,
      RegistrySnapshot snapshot,
      ProxyNode node,
      ResourceSet resources,
      String host,
      int port) {
    Explanation explained = Explanation.of(snapshot, node, resources, host, port);
    TrafficSimulation simulation = TrafficSimulation.of(resources);
    Set<String> clusters = new TreeSet<>();
    Set<String> outcomes = new TreeSet<>();
    boolean arrives = false;
    for (int draw = 0; draw < DRAWS; draw++) {
      TrafficVerdict verdict =
          simulation.decide(
              mesh.connection(node, host, port),
              TrafficRequest.get(host + ":" + port, "/any/path"),
              new Random(draw));
      String cluster = verdict.trace().cluster();
      boolean passes = cluster.isEmpty() || cluster.equals("PassthroughCluster");
      if (!passes) {
        clusters.add(cluster);
      }
      arrives |= arrives(verdict, passes);
      outcomes.add(verdict.getClass().getSimpleName() + " " + verdict.trace());
    }
    String what =
        "%s:%d with %s\n%s\n%s\n%s"
            .formatted(host, port, node.capture(), explained, String.join("\n", outcomes), mesh);
    Set<String> named =
        explained.steps().stream()
            .filter(step -> step.stage() == Stage.CLUSTER)
            .flatMap(ExplanationPropertyTest::clusters)
            .collect(Collectors.toCollection(TreeSet::new));
    boolean isOlder = explained.toString().contains("its connections go to"); // another service's
    if (!isOlder) {
      if (!explained.toString().contains("answers every request with")) {
        assertThat(named).as(what).isEqualTo(clusters);
      }
      assertThat(explained.reachable()).as(what).isEqualTo(arrives);
    }
  }

  private static boolean arrives(TrafficVerdict verdict, boolean passes) {
    return verdict.fold(
        (Forward forward) -> !passes,
        reply -> reply.flag().isEmpty(), // by itself: a redirect, a direct response
        reset -> false);
  }

  private static Stream<String> clusters(Step step) {
    return Stream.concat(
        step.chosen().stream().map(text -> text.replaceFirst(", .*", "")),
        step.rejected().stream().map(Step.Rejection::candidate));
  }
}
