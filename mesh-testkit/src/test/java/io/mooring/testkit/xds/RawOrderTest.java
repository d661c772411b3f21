package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.testkit.xds.InProcessXds.endpoints;
import static io.mooring.testkit.xds.InProcessXds.route;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.EXTENSION_CONFIG;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static io.mooring.xds.resource.XdsType.SECRET;
import static io.mooring.xds.resource.XdsType.VIRTUAL_HOST;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.mooring.testkit.Row;
import io.mooring.testkit.xds.RawXds.Via;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.server.XdsLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Order, make-before-break, warming, reconnects: rows 71 to 92, on the wire. */
class RawOrderTest {

  private static final Node ENVOY = RawXds.NODE.toBuilder().setUserAgentName("envoy").build();

  private static ResourceSet mesh(int revision, String... clusters) {
    ResourceSet set =
        ResourceSet.empty()
            .with(LISTENER, listener("l", revision))
            .with(ROUTE, route("r", revision))
            .with(SECRET, secret("s", revision))
            .with(VIRTUAL_HOST, VersionedResource.of("r/h", route("h", revision).body()));
    for (String name : clusters) {
      set = set.with(CLUSTER, cluster(name, revision)).with(ENDPOINT, endpoints(name, revision));
    }
    return set;
  }

  private static VersionedResource listener(String name, int revision) {
    return VersionedResource.of(
        name, Listener.newBuilder().setName(name).setStatPrefix("r" + revision).build());
  }

  private static VersionedResource secret(String name, int revision) {
    return VersionedResource.of(
        name,
        io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.newBuilder()
            .setName(name)
            .setGenericSecret(
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret.newBuilder()
                    .setSecret(
                        io.envoyproxy.envoy.config.core.v3.DataSource.newBuilder()
                            .setInlineString("s" + revision)))
            .build());
  }

  private static RawDelta connected(RawXds xds, Node node, String... clusters) {
    RawDelta client =
        xds.delta(Via.AGGREGATED, CLUSTER, node)
            .subscribe(CLUSTER)
            .subscribe(ENDPOINT, clusters)
            .subscribe(LISTENER)
            .subscribe(ROUTE, "r")
            .subscribe(VIRTUAL_HOST, "r/h")
            .subscribe(SECRET, "s");
    client.sentAndAccepted();
    return client;
  }

  @Row({71, 72, 73, 74, 75, 82})
  @Test
  void oneChangeOfAllTypesGoesOutInTheOrderOfUse() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      RawDelta client = connected(xds, RawXds.NODE, "x");
      xds.resources.set("one", mesh(2, "x"));
      assertThat(client.sentAndAccepted())
          .containsExactly(
              "Cluster x",
              "ClusterLoadAssignment x",
              "Listener l",
              "RouteConfiguration r",
              "VirtualHost r/h",
              "Secret s");
    }
  }

  @Row({71, 72, 73, 74, 76, 77})
  @ParameterizedTest
  @EnumSource(names = "AGGREGATED")
  void repointedRouteNeverNamesWhatTheStateOfTheWorldLacks(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      RawSotw client = xds.sotw(via, CLUSTER).ask(CLUSTER).ask(LISTENER).ask(ROUTE, "r");
      for (DiscoveryResponse response : client.take()) {
        client.accept(response, RawSotw.text(response).endsWith(" r") ? "r" : "*");
      }
      client.take();
      xds.resources.set("one", mesh(1, "y").with(ROUTE, route("r", 2)));
      assertThat(client.sent()).containsExactly("Cluster x y");
      client.accept(client.last(), "*");
      assertThat(client.sent()).containsExactly("RouteConfiguration r");
      client.accept(client.last(), "r");
      assertThat(client.sent()).containsExactly("Cluster y");
    }
  }

  @Row({76, 77, 78})
  @Test
  void envoyGetsEndpointsBeforeItAcceptsTheirClusterAndRemovalsLast() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      RawDelta client = connected(xds, ENVOY, "x");
      xds.resources.set("one", mesh(1, "y").with(ROUTE, route("r", 2)));
      assertThat(client.sent()).containsExactly("Cluster y");
      DeltaDiscoveryResponse cluster = client.last();
      client.subscribe(ENDPOINT, "y");
      assertThat(client.sentAndAccepted()).containsExactly("ClusterLoadAssignment y");
      client.subscribe(SECRET, "s");
      assertThat(client.sentAndAccepted()).containsExactly("Secret s"); // behind no ACK either
      client.accept(cluster);
      assertThat(client.sentAndAccepted())
          .containsExactly(
              "RouteConfiguration r", "VirtualHost r/h", "Cluster -x", "ClusterLoadAssignment -x");
    }
  }

  @Row(70)
  @Test
  void extensionConfigurationGoesWhenNoListenerWantsItAnyMore() {
    VersionedResource filter = VersionedResource.of("f", route("f", 1).body());
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1).with(EXTENSION_CONFIG, filter));
      RawDelta client = xds.delta().subscribe(LISTENER).subscribe(EXTENSION_CONFIG, "f");
      client.sentAndAccepted();
      xds.resources.set("one", mesh(2));
      assertThat(client.sent()).containsExactly("Listener l");
      client.accept(client.last());
      assertThat(client.sent()).containsExactly("TypedExtensionConfig -f");
    }
  }

  @Row(70)
  @Test
  void extensionConfigurationThatAListenerNamesIsNotTakenAway() {
    VersionedResource filter = VersionedResource.of("f", route("f", 1).body());
    Listener naming =
        Listener.newBuilder()
            .setName("l")
            .addFilterChains(FilterChain.newBuilder().addFilters(managerThatWaitsFor("f")))
            .build();
    try (RawXds xds = new RawXds()) {
      ResourceSet set = ResourceSet.empty().with(naming);
      xds.resources.set("one", set.with(EXTENSION_CONFIG, filter));
      RawDelta client = xds.delta().subscribe(LISTENER).subscribe(EXTENSION_CONFIG, "f");
      assertThat(client.sentAndAccepted()).containsExactly("Listener l", "TypedExtensionConfig f");
      xds.resources.set("one", set);
      xds.timer.advance(Duration.ofMinutes(1));
      assertThat(client.sent()).isEmpty();
      xds.resources.set("one", mesh(1));
      assertThat(client.sentAndAccepted()).containsExactly("Listener l", "TypedExtensionConfig -f");
    }
  }

  private static Filter managerThatWaitsFor(String extension) {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName(extension)
                    .setConfigDiscovery(ExtensionConfigSource.getDefaultInstance()))
            .build();
    return Filter.newBuilder().setTypedConfig(Any.pack(manager)).build();
  }

  @Row(165)
  @Test
  void pushesWithoutEndStarveNoRequestAndRequestsWithoutEndNoPush() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      RawDelta client = xds.delta().subscribe(CLUSTER);
      for (int i = 2; i < 1_000; i++) {
        xds.resources.put("one", CLUSTER, cluster("x", i));
        client.subscribe(SECRET, "s");
        client.take();
        assertThat(client.last().getTypeUrl()).isEqualTo(SECRET.typeUrl());
        client.unsubscribe(SECRET, "s");
        xds.resources.put("one", CLUSTER, cluster("x", -i));
        assertThat(client.sent()).containsExactly("Cluster x");
      }
    }
  }

  @Row({12, 76})
  @Test
  void noWaitForAnAcknowledgementExceedsTheLimit() {
    Duration wait = Duration.ofSeconds(2);
    try (RawXds xds =
        new RawXds(
            new SnapshotResources(ProxyNode::id),
            builder -> builder.limits(XdsLimits.builder().acknowledgementWait(wait).build()))) {
      xds.resources.set("one", mesh(1, "x"));
      RawDelta client = connected(xds, RawXds.NODE, "x");
      xds.resources.set("one", mesh(1, "y").with(ROUTE, route("r", 2)));
      assertThat(client.sent()).containsExactly("Cluster y");
      xds.timer.advance(wait.minusMillis(1));
      assertThat(client.sent()).isEmpty();
      xds.timer.advance(Duration.ofMillis(1));
      assertThat(client.sent())
          .containsExactly(
              "RouteConfiguration r", "VirtualHost r/h", "Cluster -x", "ClusterLoadAssignment -x");
    }
  }

  @Test
  void waitsAreFiveSecondsUnlessToldOtherwise() {
    assertThat(XdsLimits.DEFAULTS.acknowledgementWait()).isEqualTo(Duration.ofSeconds(5));
  }

  @Row({79, 80})
  @Test
  void endpointsFollowEachClusterThatWarmsAgainAndRoutesFollowNoListener() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x", "z"));
      RawDelta delta = connected(xds, RawXds.NODE, "x", "z");
      RawSotw sotw = xds.sotw().ask(CLUSTER).ask(ENDPOINT, "x", "z").ask(LISTENER).ask(ROUTE, "r");
      sotw.take();
      xds.resources.put("one", CLUSTER, cluster("x", 2));
      assertThat(delta.sent()).containsExactly("Cluster x", "ClusterLoadAssignment x");
      assertThat(sotw.sent()).containsExactly("Cluster x z", "ClusterLoadAssignment x");
      xds.resources.put("one", LISTENER, listener("l", 2));
      assertThat(delta.sent()).containsExactly("Listener l");
      assertThat(sotw.sent()).containsExactly("Listener l");
    }
  }

  @Row({81, 83, 88})
  @Test
  void onlyEnvoyThatHasNotAskedForClustersGetsAllEndpoints() {
    Map<String, String> held = Map.of("x", endpoints("x", 1).version());
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      RawDelta warming = xds.delta(Via.AGGREGATED, ENDPOINT, ENVOY).resume(ENDPOINT, held, "x");
      assertThat(warming.sent()).containsExactly("ClusterLoadAssignment x");
      RawDelta warm =
          xds.delta(Via.AGGREGATED, ENDPOINT, ENVOY)
              .resume(CLUSTER, Map.of("x", cluster("x", 1).version()))
              .resume(ENDPOINT, held, "x");
      assertThat(warm.sent()).isEmpty();
      RawDelta other = xds.delta(Via.AGGREGATED, ENDPOINT).resume(ENDPOINT, held, "x");
      assertThat(other.sent()).isEmpty();
      RawDelta separate = xds.delta(Via.SEPARATE, ENDPOINT, ENVOY).resume(ENDPOINT, held, "x");
      assertThat(separate.sent()).isEmpty();
    }
  }

  @Row(83)
  @Test
  void requestsInAnyOrderAreAnsweredAtOnce() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      RawSotw client = xds.sotw().ask(ENDPOINT, "x").ask(ROUTE, "r").ask(CLUSTER, "x");
      client.ask(LISTENER, "l");
      assertThat(client.sent())
          .containsExactly(
              "ClusterLoadAssignment x",
              "RouteConfiguration r",
              "Cluster x",
              "ClusterLoadAssignment x", // the cluster waits for it, whatever came before
              "Listener l");
    }
  }

  @Row(83)
  @Test
  void requestsInAnyOrderAreAnsweredAtOnceInDelta() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      for (Node node : List.of(RawXds.NODE, ENVOY)) {
        RawDelta client =
            xds.delta(Via.AGGREGATED, CLUSTER, node)
                .subscribe(ROUTE, "r")
                .subscribe(ENDPOINT, "x")
                .subscribe(SECRET, "s")
                .subscribe(LISTENER)
                .subscribe(CLUSTER, "x");
        assertThat(client.sent())
            .containsExactly(
                "RouteConfiguration r",
                "ClusterLoadAssignment x",
                "Secret s",
                "Listener l",
                "Cluster x",
                "ClusterLoadAssignment x");
      }
    }
  }

  @Row({79, 81})
  @Test
  void clusterOnANewStreamIsFollowedByEndpointsThatTheClientHas() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      Map<String, String> held = Map.of("x", endpoints("x", 1).version());
      RawDelta endpointsFirst = xds.delta().resume(ENDPOINT, held, "x");
      assertThat(endpointsFirst.sent()).isEmpty();
      endpointsFirst.subscribe(CLUSTER);
      assertThat(endpointsFirst.sent()).containsExactly("Cluster x", "ClusterLoadAssignment x");
      RawDelta clustersFirst = xds.delta().subscribe(CLUSTER).resume(ENDPOINT, held, "x");
      assertThat(clustersFirst.sent()).containsExactly("Cluster x", "ClusterLoadAssignment x");
    }
  }

  @Row({85, 86, 90})
  @ParameterizedTest
  @EnumSource
  void stateOfTheWorldThatComesBackSkipsWhatItHas(Via via) {
    try (RawXds before = new RawXds();
        RawXds xds = new RawXds()) {
      before.resources.set("one", mesh(1, "x"));
      RawSotw old = before.sotw(via, CLUSTER).ask(CLUSTER);
      String version = old.take().get(0).getVersionInfo();
      xds.resources.set("one", mesh(1, "x"));
      RawSotw client =
          xds.sotw(via, CLUSTER).send(CLUSTER, request -> request.setVersionInfo(version));
      assertThat(client.sent()).isEmpty();
      xds.resources.put("one", CLUSTER, cluster("y", 1));
      assertThat(client.sent()).containsExactly("Cluster x y");
      RawSotw named =
          xds.sotw(via, CLUSTER)
              .send(CLUSTER, request -> request.setVersionInfo(version).addResourceNames("x"));
      assertThat(named.sent()).containsExactly("Cluster x");
    }
  }

  @Row({16, 88, 89, 90})
  @ParameterizedTest
  @EnumSource
  void deltaThatComesBackGetsOnlyWhatDiffers(Via via) {
    try (RawXds xds = new RawXds()) { // another process than that of before
      xds.resources.set("one", mesh(1, "same", "new").with(CLUSTER, cluster("changed", 2)));
      RawDelta clusters =
          xds.delta(via, CLUSTER)
              .resume(
                  CLUSTER,
                  Map.of(
                      "same", cluster("same", 1).version(),
                      "changed", cluster("changed", 1).version(),
                      "gone", "whatever"));
      assertThat(clusters.sent()).containsExactly("Cluster changed new -gone");
      RawDelta endpoints =
          xds.delta(via, ENDPOINT)
              .resume(
                  ENDPOINT,
                  Map.of("same", endpoints("same", 1).version(), "gone", "1", "dropped", "1"),
                  "same",
                  "gone");
      assertThat(endpoints.sent()).containsExactly("ClusterLoadAssignment -dropped -gone");
    }
  }

  @Row({76, 77, 89})
  @Test
  void clusterThatEnvoyKeptStaysUntilTheRoutesThatItKeptHaveLeftIt() {
    try (RawXds xds = new RawXds()) { // another process than that of before
      xds.resources.set("one", mesh(1, "y").with(ROUTE, route("r", 2)));
      RawDelta client =
          xds.delta(Via.AGGREGATED, CLUSTER, ENVOY)
              .resume(CLUSTER, Map.of("x", cluster("x", 1).version()));
      assertThat(client.sent()).containsExactly("Cluster y");
      DeltaDiscoveryResponse cluster = client.last();
      client.resume(ENDPOINT, Map.of("x", endpoints("x", 1).version()), "x");
      client.resume(LISTENER, Map.of("l", listener("l", 1).version()));
      client.resume(ROUTE, Map.of("r", route("r", 1).version()), "r");
      assertThat(client.sent()).isEmpty();
      client.subscribe(ENDPOINT, "y");
      assertThat(client.sentAndAccepted()).containsExactly("ClusterLoadAssignment y");
      client.accept(cluster);
      assertThat(client.sentAndAccepted())
          .containsExactly("RouteConfiguration r", "Cluster -x", "ClusterLoadAssignment -x");
    }
  }

  @Row({76, 88})
  @Test
  void clusterThatEnvoyKeptIsGoneInTimeWhereItAsksForNoRoutes() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "y"));
      RawDelta client =
          xds.delta(Via.AGGREGATED, CLUSTER, ENVOY)
              .resume(CLUSTER, Map.of("x", cluster("x", 1).version()));
      assertThat(client.sentAndAccepted()).containsExactly("Cluster y");
      xds.timer.advance(XdsLimits.DEFAULTS.acknowledgementWait());
      assertThat(client.sentAndAccepted()).containsExactly("Cluster -x");
      xds.resources.set("one", ResourceSet.empty());
      assertThat(client.sentAndAccepted()).containsExactly("Cluster -y"); // and later at once
    }
  }

  @Row({67, 68})
  @Test
  void resourceThatComesAfterTheClientsPatienceIsSent() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", ResourceSet.empty());
      RawSotw client = xds.sotw().ask(ENDPOINT, "x");
      xds.timer.advance(Duration.ofSeconds(20));
      assertThat(client.sent()).isEmpty();
      xds.resources.put("one", ENDPOINT, endpoints("x", 1));
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment x");
    }
  }

  @Row(91)
  @Test
  void streamOfAServerThatClosesHadItsAnswer() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", mesh(1, "x"));
      RawSotw client = xds.sotw().ask(CLUSTER);
      xds.xds.close();
      assertThat(client.sent()).containsExactly("Cluster x");
      assertThat(client.stream.end().getCode()).isEqualTo(io.grpc.Status.Code.UNAVAILABLE);
      RawSotw late = xds.sotw().ask(CLUSTER);
      assertThat(late.stream.end().getCode()).isEqualTo(io.grpc.Status.Code.UNAVAILABLE);
      assertThat(List.copyOf(late.sent())).isEmpty();
    }
  }
}
