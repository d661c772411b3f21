package io.mooring.xds.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.BuildVersion;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.type.v3.SemanticVersion;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotResourcesTest {

  private final SnapshotResources resources = new SnapshotResources(ProxyNode::id);
  private final List<Set<String>> changes = new ArrayList<>();

  SnapshotResourcesTest() {
    resources.onChange(changes::add);
  }

  private static ProxyNode node(String id) {
    return ProxyNode.parse(Node.newBuilder().setId(id).build());
  }

  private static VersionedResource cluster(String name) {
    return VersionedResource.of(name, Cluster.newBuilder().setName(name).build());
  }

  @Test
  void groupThatWasNeverSetIsUnknownRatherThanEmpty() {
    assertThat(resources.initial(node("one")).isUnknown()).isTrue();
    resources.set("one", ResourceSet.empty());
    assertThat(resources.initial(node("one")).isUnknown()).isFalse();
    resources.clear("one");
    assertThat(resources.initial(node("one")).isUnknown()).isTrue();
    assertThat(resources.get("one")).isEmpty();
  }

  @Test
  void groupIsWhatTheFunctionMakesOfAllThatTheNodeSays() {
    Node.Builder said =
        Node.newBuilder()
            .setId("one")
            .setCluster("edge")
            .setUserAgentName("envoy")
            .setUserAgentBuildVersion(
                BuildVersion.newBuilder()
                    .setVersion(SemanticVersion.newBuilder().setMajorNumber(1).setMinorNumber(40)));
    SnapshotResources grouped =
        new SnapshotResources(node -> node.cluster() + " " + node.userAgent());
    grouped.put("edge envoy/1.40.0", XdsType.CLUSTER, cluster("a"));
    assertThat(grouped.initial(ProxyNode.parse(said.build())).resources(XdsType.CLUSTER))
        .containsOnlyKeys("a");

    said.clearUserAgentBuildVersion().setUserAgentName("gRPC Java").setUserAgentVersion("1.83.1");
    assertThat(ProxyNode.parse(said.build()).userAgent()).isEqualTo("gRPC Java/1.83.1");
    assertThat(ProxyNode.parse(said.clearUserAgentVersion().build()).userAgent())
        .isEqualTo("gRPC Java");
    assertThat(node("one").userAgent()).isEmpty();
    assertThat(node("one").cluster()).isEmpty();
  }

  @Test
  void nodeOfNoGroupIsUnknownAndNoChangeConcernsIt() {
    SnapshotResources grouped =
        new SnapshotResources(node -> node.cluster().isEmpty() ? null : node.cluster());
    grouped.put("edge", XdsType.CLUSTER, cluster("a"));
    assertThat(grouped.initial(node("one")).isUnknown()).isTrue();
    assertThat(grouped.concerns(node("one"), Set.of("edge"))).isFalse();
  }

  @Test
  void clearTellsNobody() {
    resources.set("one", ResourceSet.empty());
    resources.clear("one");
    assertThat(changes).containsExactly(Set.of("one"));
  }

  @Test
  void singleResourcesComeAndGo() {
    resources.put("one", XdsType.CLUSTER, cluster("a"));
    resources.put("one", XdsType.CLUSTER, cluster("b"));
    resources.remove("one", XdsType.CLUSTER, "a");
    assertThat(resources.initial(node("one")).resources(XdsType.CLUSTER)).containsOnlyKeys("b");
    assertThat(changes).hasSize(3);
  }

  @Test
  void changeConcernsItsGroupAlone() {
    assertThat(resources.concerns(node("one"), Set.of("one", "two"))).isTrue();
    assertThat(resources.concerns(node("three"), Set.of("one", "two"))).isFalse();
    assertThat(resources.merge(Set.of("one"), Set.of("two")))
        .containsExactlyInAnyOrder("one", "two");
  }
}
