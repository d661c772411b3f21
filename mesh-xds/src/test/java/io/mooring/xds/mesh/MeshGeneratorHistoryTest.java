package io.mooring.xds.mesh;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.model.ConfigObject;
import io.mooring.registry.RegistryEvent;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/** What is pushed after changes is what a proxy would get that connects now. */
class MeshGeneratorHistoryTest {

  private static final List<List<ConfigObject>> OBJECTS = HistoryObjects.all();

  private static final List<ProxyNode> PROXIES =
      List.of(
          TestMesh.proxy("demo", "10.0.0.1"),
          TestMesh.proxy("demo", "10.9.9.9"),
          TestMesh.proxy("shop", "10.0.1.1"),
          uncaptured("demo", "10.0.0.2"),
          uncaptured("empty", "10.9.9.8"),
          proxyless("demo", "10.0.0.1"),
          proxyless("shop", "10.9.9.9"));

  /**
   * One step.
   *
   * @param key which key of {@link #OBJECTS}
   * @param variant which variant of it; none deletes it
   * @param late whether proxies are busy, so that the change waits and is merged with the next
   */
  record Step(int key, int variant, boolean late) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Step> step =
        Combinators.combine(
                Arbitraries.integers().between(0, OBJECTS.size() - 1),
                Arbitraries.integers().between(-2, 5),
                Arbitraries.of(true, false, false))
            .as(Step::new);
    return step.list().ofMinSize(1).ofMaxSize(25);
  }

  @Property(tries = 80, shrinking = ShrinkingMode.BOUNDED)
  void updateEqualsInitial(@ForAll("histories") List<Step> history) {
    try (TestMesh mesh = new TestMesh()) {
      MeshGenerator generator = mesh.generator();
      Map<ProxyNode, ResourceSet> setsByProxy = new HashMap<>();
      PROXIES.forEach(proxy -> setsByProxy.put(proxy, generator.initial(proxy)));
      @Nullable RegistryChange waiting = null;
      for (Step step : history) {
        RegistryChange change = apply(mesh, step);
        RegistryChange merged = waiting == null ? change : generator.merge(waiting, change);
        if (step.late()) {
          waiting = merged;
          continue;
        }
        waiting = null;
        for (ProxyNode proxy : PROXIES) {
          if (generator.concerns(proxy, merged)) {
            setsByProxy.computeIfPresent(
                proxy, (any, previous) -> generator.update(proxy, previous, merged));
          }
          assertThat(names(requireNonNull(setsByProxy.get(proxy))))
              .as("%s after %s", proxy.id(), merged.change())
              .isEqualTo(names(mesh.generator().initial(proxy)));
        }
      }
    }
  }

  @Property(tries = 30, shrinking = ShrinkingMode.BOUNDED)
  void orderOfInsertionDoesNotMatter(
      @ForAll("histories") List<Step> history, @ForAll Random random) {
    Map<Integer, ConfigObject> objectByKey = new HashMap<>();
    for (Step step : history) {
      List<ConfigObject> variants = OBJECTS.get(step.key());
      objectByKey.put(step.key(), variants.get(Math.floorMod(step.variant(), variants.size())));
    }
    List<ConfigObject> shuffled = new ArrayList<>(objectByKey.values());
    Collections.shuffle(shuffled, random);
    try (TestMesh one = new TestMesh();
        TestMesh other = new TestMesh()) {
      one.put(objectByKey.values().toArray(ConfigObject[]::new));
      shuffled.forEach(other::put);
      for (ProxyNode proxy : PROXIES) {
        assertThat(names(one.generator().initial(proxy)))
            .isEqualTo(names(other.generator().initial(proxy)));
      }
    }
  }

  private static RegistryChange apply(TestMesh mesh, Step step) {
    List<ConfigObject> variants = OBJECTS.get(step.key());
    ConfigObject object = variants.get(Math.floorMod(step.variant(), variants.size()));
    return step.variant() < 0
        ? mesh.apply(List.of(new RegistryEvent.Delete(object.key())))
        : mesh.put(object);
  }

  /** Returns a comparison that reads: type and name to version, which is a hash of the content. */
  private static Map<String, String> names(ResourceSet set) {
    Map<String, String> versions = new java.util.TreeMap<>();
    for (XdsType type : set.types()) {
      set.resources(type)
          .values()
          .forEach(
              resource -> versions.put(type.typeUrl() + " " + resource.name(), resource.version()));
    }
    return versions;
  }

  private static ProxyNode uncaptured(String namespace, String address) {
    Node.Builder node =
        Node.newBuilder()
            .setId(
                "sidecar~%s~web.%s~%s.svc.cluster.local".formatted(address, namespace, namespace));
    node.getMetadataBuilder()
        .putFields(
            "INTERCEPTION_MODE",
            com.google.protobuf.Value.newBuilder().setStringValue("NONE").build());
    return ProxyNode.parse(node.build());
  }

  private static ProxyNode proxyless(String namespace, String address) {
    Node.Builder node = Node.newBuilder().setId("program").setUserAgentName("gRPC Java");
    node.getMetadataBuilder()
        .putFields(
            "NAMESPACE", com.google.protobuf.Value.newBuilder().setStringValue(namespace).build())
        .putFields(
            "INSTANCE_IPS", com.google.protobuf.Value.newBuilder().setStringValue(address).build());
    return ProxyNode.parse(node.build());
  }
}
