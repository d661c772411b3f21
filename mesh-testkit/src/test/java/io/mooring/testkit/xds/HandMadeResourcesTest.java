package io.mooring.testkit.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.mooring.testkit.Row;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceReferences;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.XdsLimits;
import io.mooring.xds.server.XdsServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of the documentation of {@code io.mooring.xds.server}, as a user writes it. */
class HandMadeResourcesTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wholeControlPlaneIsAFewLines(boolean delta) throws Exception {
    SnapshotResources resources = new SnapshotResources(ProxyNode::id);
    String name = InProcessServerBuilder.generateName();
    InProcessServerBuilder yourServerBuilder = InProcessServerBuilder.forName(name);
    XdsServer xds = XdsServer.builder(resources).build();
    xds.services().forEach(yourServerBuilder::addService);
    Server server = yourServerBuilder.build().start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    try (FakeProxy proxy =
        delta
            ? FakeProxy.delta(channel, FakeProxy.node("node-1"))
            : FakeProxy.sotw(channel, FakeProxy.node("node-1"))) {
      proxy.subscribe(XdsType.CLUSTER);
      proxy.subscribe(XdsType.ENDPOINT, "a");
      Cluster cluster =
          Cluster.newBuilder().setName("a").setType(Cluster.DiscoveryType.EDS).build();
      ClusterLoadAssignment endpoints =
          ClusterLoadAssignment.newBuilder().setClusterName("a").build();
      ResourceSet snapshot = ResourceSet.of(List.of(cluster, endpoints)).labelled("1");
      assertThat(ResourceReferences.missing(snapshot)).isEmpty();
      resources.set("node-1", snapshot);
      proxy.awaitNames(XdsType.CLUSTER, "a");
      proxy.awaitNames(XdsType.ENDPOINT, "a");
      assertThat(proxy.received()).extracting(Received::version).containsOnly("1");

      resources.put(
          "node-1",
          XdsType.CLUSTER,
          VersionedResource.of(cluster.toBuilder().setName("b").build()));
      proxy.awaitNames(XdsType.CLUSTER, "a", "b");
      resources.remove("node-1", XdsType.CLUSTER, "b");
      proxy.awaitNames(XdsType.CLUSTER, "a");

      int before = proxy.received().size();
      resources.update("node-1", set -> set.without(XdsType.ROUTE, "r").labelled("2"));
      proxy.fence();
      assertThat(proxy.receivedSince(before)).isEmpty(); // another label, the same content
      assertThat(resources.groups()).containsExactly("node-1");

      resources.set("node-1", ResourceSet.empty());
      proxy.awaitNames(XdsType.CLUSTER);
      resources.clear("node-1");
      assertThat(resources.get("node-1")).isEmpty();
    } finally {
      channel.shutdownNow();
      xds.close();
      server.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fakeProxyTellsTheOrderAndTheBytesOfTheWire(boolean delta) {
    ResourceSet before =
        ResourceSet.empty()
            .with(XdsType.CLUSTER, InProcessXds.cluster("x", 1))
            .with(XdsType.ROUTE, InProcessXds.route("r", 1));
    try (RawXds xds = new RawXds();
        FakeProxy proxy =
            delta
                ? FakeProxy.delta(xds.channel, RawXds.NODE)
                : FakeProxy.sotw(xds.channel, RawXds.NODE)) {
      xds.resources.set("one", before);
      proxy.subscribe(XdsType.CLUSTER);
      proxy.subscribe(XdsType.ROUTE, "r");
      proxy.assertReceived("Cluster x", "RouteConfiguration r");
      assertThat(proxy.receivedBytes())
          .isEqualTo(proxy.received().stream().mapToInt(Received::bytes).sum())
          .isPositive();
      xds.resources.set(
          "one",
          ResourceSet.empty()
              .with(XdsType.CLUSTER, InProcessXds.cluster("y", 1))
              .with(XdsType.ROUTE, InProcessXds.route("r", 2)));
      proxy.assertReceived(
          "Cluster x",
          "RouteConfiguration r",
          delta ? "Cluster y" : "Cluster x y",
          "RouteConfiguration r",
          delta ? "Cluster -x" : "Cluster y");
      assertThatThrownBy(() -> proxy.assertReceived("Cluster x"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("RouteConfiguration r");
      long bytes = proxy.receivedBytes();
      proxy.disconnect();
      proxy.reconnect();
      if (delta) {
        assertThat(proxy.receivedBytes()).isEqualTo(bytes);
      }
    }
  }

  @Row(166)
  @Test
  void clientsMayPingAsOftenAsTheyDo() {
    assertThat(XdsLimits.DEFAULTS.permittedKeepAliveTime())
        .isLessThanOrEqualTo(Duration.ofMinutes(5)); // gRPC; Envoys ping every 10 s
    assertThat(XdsLimits.DEFAULTS.permittedKeepAliveTime())
        .isLessThanOrEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void twoServersShareOneStoreAndTheFirstThatClosesTakesNothingFromTheOther() {
    SnapshotResources resources = new SnapshotResources(node -> "all of them");
    try (RawXds other = new RawXds(resources, builder -> builder)) {
      RawDelta another = other.delta().subscribe(XdsType.CLUSTER);
      try (RawXds one = new RawXds(resources, builder -> builder)) {
        RawDelta client = one.delta().subscribe(XdsType.CLUSTER);
        resources.put("all of them", XdsType.CLUSTER, InProcessXds.cluster("a", 1));
        assertThat(client.sent()).containsExactly("Cluster a");
        assertThat(another.sent()).containsExactly("Cluster a");
      }
      resources.put("all of them", XdsType.CLUSTER, InProcessXds.cluster("b", 1));
      assertThat(another.sent()).containsExactly("Cluster b");
      assertThat(
              other
                  .delta()
                  .resume(
                      XdsType.CLUSTER,
                      Map.of(
                          "a", InProcessXds.cluster("a", 1).version(),
                          "b", InProcessXds.cluster("b", 1).version()))
                  .sent())
          .isEmpty();
    }
  }
}
