package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.testkit.xds.InProcessXds.endpoints;
import static io.mooring.testkit.xds.InProcessXds.route;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static io.mooring.xds.resource.XdsType.VIRTUAL_HOST;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.Vhds;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.mooring.testkit.Row;
import io.mooring.testkit.xds.RawXds.Via;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names, aliases, virtual hosts, times to live: rows 60, 61 and 93 to 105, on the wire. */
class RawNamesTest {

  private static final VersionedResource HOST =
      VersionedResource.virtualHost(
          "r/1",
          VirtualHost.newBuilder()
              .setName("shop")
              .addDomains("a.demo")
              .addDomains("b.demo")
              .build());

  private static final String TTL = "xds.config.supports-resource-ttl";

  @Row({93, 94, 95, 96})
  @ParameterizedTest
  @EnumSource
  void virtualHostIsFoundByAnyOfItsDomains(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", VIRTUAL_HOST, HOST);
      RawDelta client = xds.delta(via, VIRTUAL_HOST).subscribe(VIRTUAL_HOST);
      assertThat(client.sentAndAccepted()).containsExactly("VirtualHost");
      client.subscribe(VIRTUAL_HOST, "r/1/b.demo");
      Resource found = client.take().get(0).getResources(0);
      assertThat(found.getName()).isEqualTo("r/1/shop");
      assertThat(found.getAliasesList()).containsExactly("r/1/a.demo", "r/1/b.demo");
      client.accept(client.last());
      client.subscribe(VIRTUAL_HOST, "r/1/a.demo", "r/1/shop");
      Resource again = client.take().get(0).getResources(0);
      assertThat(client.last().getResourcesCount()).isEqualTo(1); // one resource, three names
      assertThat(again.getAliasesList()).contains("r/1/shop", "r/1/a.demo");
      client.unsubscribe(VIRTUAL_HOST, "r/1/shop");
      client.unsubscribe(VIRTUAL_HOST, "r/1/a.demo");
      VirtualHost changed = VirtualHost.newBuilder().setName("shop").addDomains("b.demo").build();
      xds.resources.put("one", VIRTUAL_HOST, VersionedResource.virtualHost("r/1", changed));
      assertThat(client.sentAndAccepted()).containsExactly("VirtualHost r/1/shop");
      xds.resources.remove("one", VIRTUAL_HOST, "r/1/shop");
      assertThat(client.sent()).containsExactly("VirtualHost -r/1/b.demo -r/1/shop");
    }
  }

  @Row(94)
  @Test
  void whatWasAskedForByOneNameIsGivenUpByAnother() {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", VIRTUAL_HOST, HOST);
      RawDelta client = xds.delta().subscribe(VIRTUAL_HOST, "r/1/b.demo");
      assertThat(client.sentAndAccepted()).hasSize(1);
      client.unsubscribe(VIRTUAL_HOST, "r/1/shop");
      xds.resources.put("one", VIRTUAL_HOST, HOST.withAliases(java.util.List.of("r/1/b.demo")));
      assertThat(client.sent()).isEmpty();
    }
  }

  @Row({88, 94})
  @Test
  void clientThatComesBackSaysNamesAndAsksForAliases() {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", VIRTUAL_HOST, HOST);
      RawDelta client =
          xds.delta()
              .resume(VIRTUAL_HOST, Map.of("r/1/shop", HOST.version()), "r/1/a.demo", "r/1/b.demo");
      assertThat(client.sent()).isEmpty();
      assertThat(xds.delta().resume(VIRTUAL_HOST, Map.of("r/1/shop", "old"), "r/1/a.demo").sent())
          .containsExactly("VirtualHost r/1/shop");
    }
  }

  @Row({96, 97})
  @ParameterizedTest
  @EnumSource
  void unknownVirtualHostIsToldByAResourceWithoutBody(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", ResourceSet.empty());
      RawDelta client = xds.delta(via, VIRTUAL_HOST).subscribe(VIRTUAL_HOST, "r/1/no.demo");
      Resource absent = client.take().get(0).getResources(0);
      assertThat(absent.getName()).isEqualTo("r/1/no.demo");
      assertThat(absent.getAliasesList()).containsExactly("r/1/no.demo");
      assertThat(absent.hasResource()).isFalse();
      assertThat(client.last().getRemovedResourcesList()).isEmpty();
      xds.resources.put(
          "one",
          VIRTUAL_HOST,
          VersionedResource.virtualHost(
              "r/1", VirtualHost.newBuilder().setName("n").addDomains("no.demo").build()));
      assertThat(client.sent()).containsExactly("VirtualHost r/1/n");
    }
  }

  @Row({95, 97})
  @Test
  void routeConfigurationWhoseHostsComeOnDemandIsToldThatNothingIsThereYet() {
    ResourceSet set = ResourceSet.empty().with(onDemand("r/1")).with(ROUTE, route("r/2", 1));
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", set);
      RawDelta client = xds.delta().subscribe(ROUTE, "r/1", "r/2", "r/3");
      client.sentAndAccepted();
      client.subscribe(VIRTUAL_HOST); // to open its listener, Envoy wants to hear of any name of it
      DeltaDiscoveryResponse first = client.take().get(0);
      assertThat(first.getResourcesList()).extracting(Resource::getName).containsExactly("r/1/");
      assertThat(first.getResources(0).hasResource()).isFalse();
      client.accept(first);
      xds.resources.update("one", now -> now.with(onDemand("r/3")));
      assertThat(client.sentAndAccepted())
          .containsExactly("RouteConfiguration r/3", "VirtualHost r/3/");
      xds.resources.put("one", ROUTE, route("r/2", 2));
      assertThat(client.sentAndAccepted()).containsExactly("RouteConfiguration r/2");
    }
  }

  private static RouteConfiguration onDemand(String name) {
    return RouteConfiguration.newBuilder().setName(name).setVhds(Vhds.getDefaultInstance()).build();
  }

  @Row(98)
  @Test
  void changedRouteConfigurationBringsItsVirtualHostsAgain() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one", ResourceSet.empty().with(VIRTUAL_HOST, HOST).with(ROUTE, route("r/1", 1)));
      RawDelta client =
          xds.delta().subscribe(ROUTE, "r/1").subscribe(VIRTUAL_HOST, "r/1/a.demo", "r/1/b.demo");
      client.sentAndAccepted();
      xds.resources.put("one", ROUTE, route("r/1", 2));
      assertThat(client.sent()).containsExactly("RouteConfiguration r/1", "VirtualHost r/1/shop");
    }
  }

  @Row(99)
  @ParameterizedTest
  @EnumSource
  void clusterOnDemandIsAnsweredAtOnceWhetherItExistsOrNot(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", CLUSTER, cluster("known", 1));
      RawDelta client = xds.delta(via, CLUSTER).subscribe(CLUSTER, "no");
      assertThat(client.sentAndAccepted()).containsExactly("Cluster -no");
      client.subscribe(CLUSTER, "known");
      assertThat(client.sent()).containsExactly("Cluster known");
    }
  }

  @Row({60, 61, 93, 100})
  @ParameterizedTest
  @EnumSource
  void collectionIsWhatHasItsPathAndItsParameters(Via via) {
    String listeners = "xdstp://auth/envoy.config.listener.v3.Listener/";
    try (RawXds xds = new RawXds()) {
      for (String id : new String[] {"a/1?k=v&l=w", "a/2?l=w&k=v", "a/3", "a/b/4?k=v&l=w"}) {
        xds.resources.put("one", LISTENER, cluster(listeners + id, 1));
      }
      RawDelta client =
          xds.delta(via, LISTENER)
              .subscribe(LISTENER, listeners + "a/*?l=w&k=v", listeners + "none/*");
      assertThat(client.sentAndAccepted())
          .containsExactly(
              "Listener "
                  + listeners
                  + "a/1?k=v&l=w "
                  + listeners
                  + "a/2?k=v&l=w -"
                  + listeners
                  + "none/*");
      xds.resources.put("one", LISTENER, cluster(listeners + "a/5?k=v&l=w", 1));
      xds.resources.put("one", LISTENER, cluster(listeners + "a/6?k=v", 1));
      xds.resources.put("one", LISTENER, cluster(listeners + "none/7", 1));
      xds.resources.remove("one", LISTENER, listeners + "a/1?l=w&k=v");
      assertThat(client.sentAndAccepted())
          .containsExactly(
              "Listener " + listeners + "a/5?k=v&l=w",
              "Listener " + listeners + "none/7",
              "Listener -" + listeners + "a/1?k=v&l=w");
      client.unsubscribe(LISTENER, listeners + "a/*?k=v&l=w");
      xds.resources.put("one", LISTENER, cluster(listeners + "a/2?k=v&l=w", 2));
      assertThat(client.sent()).isEmpty();
      client.subscribe(LISTENER, listeners + "a/3");
      assertThat(client.sent()).containsExactly("Listener " + listeners + "a/3");
    }
  }

  @Row({60, 61, 88})
  @Test
  void collectionThatTheClientHasIsNotSentAgain() {
    String glob = "xdstp://auth/envoy.config.endpoint.v3.ClusterLoadAssignment/a/*";
    String one = glob.replace("*", "1");
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", ENDPOINT, endpoints(one, 1));
      assertThat(
              xds.delta().resume(ENDPOINT, Map.of(one, endpoints(one, 1).version()), glob).sent())
          .isEmpty();
      assertThat(xds.sotw().ask(ENDPOINT, glob).sent())
          .containsExactly("ClusterLoadAssignment " + one);
    }
  }

  @Row({102, 103, 104, 105})
  @ParameterizedTest
  @EnumSource
  void timesToLiveAreKeptUpByHeartbeatsInDelta(Via via) {
    VersionedResource mortal = cluster("a", 1).withTtl(Duration.ofSeconds(10));
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one", ResourceSet.empty().with(CLUSTER, mortal).with(CLUSTER, cluster("b", 1)));
      RawDelta client =
          xds.delta(via, CLUSTER, RawXds.NODE.toBuilder().addClientFeatures(TTL).build())
              .subscribe(CLUSTER);
      Resource sent = client.take().get(0).getResources(0);
      assertThat(sent.getTtl().getSeconds()).isEqualTo(10);
      client.accept(client.last());
      for (int beat = 0; beat < 3; beat++) {
        xds.timer.advance(Duration.ofMillis(4_999));
        assertThat(client.sent()).isEmpty();
        xds.timer.advance(Duration.ofMillis(1));
        DeltaDiscoveryResponse heartbeat = client.take().get(0);
        assertThat(RawDelta.text(heartbeat)).isEqualTo("Cluster a");
        assertThat(heartbeat.getResources(0).hasResource()).isFalse();
        assertThat(heartbeat.getResources(0).getVersion()).isEqualTo(sent.getVersion());
        assertThat(heartbeat.getResources(0).getTtl().getSeconds()).isEqualTo(10);
        client.accept(heartbeat);
      }
      xds.resources.put("one", CLUSTER, cluster("a", 1).withTtl(Duration.ofSeconds(20)));
      assertThat(client.take().get(0).getResources(0).getTtl().getSeconds()).isEqualTo(20);
      client.accept(client.last());
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      Resource immortal = client.take().get(0).getResources(0);
      assertThat(immortal.hasTtl()).isFalse();
      assertThat(immortal.hasResource()).isTrue();
      xds.timer.advance(Duration.ofMinutes(1));
      assertThat(client.sent()).isEmpty();
    }
  }

  @Row({88, 105})
  @Test
  void resourceThatTheClientKeptIsAliveAtOnce() {
    VersionedResource mortal = cluster("a", 1).withTtl(Duration.ofSeconds(10));
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", CLUSTER, mortal);
      RawDelta client =
          xds.delta(Via.AGGREGATED, CLUSTER, RawXds.NODE.toBuilder().addClientFeatures(TTL).build())
              .resume(CLUSTER, Map.of("a", mortal.version()));
      assertThat(client.take().get(0).getResources(0).hasResource()).isFalse();
      client.reject(client.last());
      xds.timer.advance(Duration.ofMinutes(1));
      assertThat(client.sent()).isEmpty();
    }
  }

  @Row({3, 102, 104})
  @ParameterizedTest
  @EnumSource
  void timesToLiveAreWrappedInTheStateOfTheWorld(Via via) throws InvalidProtocolBufferException {
    VersionedResource mortal = cluster("a", 1).withTtl(Duration.ofSeconds(10));
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one", ResourceSet.empty().with(CLUSTER, mortal).with(CLUSTER, cluster("b", 1)));
      RawSotw client =
          xds.sotw(
                  via,
                  CLUSTER,
                  RawXds.NODE.toBuilder()
                      .addClientFeatures(TTL)
                      .addClientFeatures("xds.config.supports-resource-in-sotw")
                      .build())
              .ask(CLUSTER);
      Any wrapped = client.take().get(0).getResources(0);
      assertThat(client.last().getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
      assertThat(wrapped.unpack(Resource.class).getResource()).isEqualTo(mortal.body());
      assertThat(wrapped.unpack(Resource.class).getTtl().getSeconds()).isEqualTo(10);
      assertThat(client.last().getResources(1)).isEqualTo(cluster("b", 1).body());
      String version = client.last().getVersionInfo();
      client.accept(client.last());
      xds.timer.advance(Duration.ofSeconds(5));
      Resource heartbeat = client.take().get(0).getResources(0).unpack(Resource.class);
      assertThat(client.last().getResourcesCount()).isEqualTo(2); // b is not gone
      assertThat(client.last().getVersionInfo()).isEqualTo(version);
      assertThat(heartbeat.getName()).isEqualTo("a");
      assertThat(heartbeat.hasResource()).isFalse();
    }
  }

  @Row(102)
  @ParameterizedTest
  @EnumSource
  void clientThatDoesNotKnowOfTimesToLiveHearsNothingOfThem(Via via) {
    VersionedResource mortal = cluster("a", 1).withTtl(Duration.ofSeconds(10));
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", CLUSTER, mortal);
      RawSotw grpc =
          xds.sotw(
                  via,
                  CLUSTER,
                  RawXds.NODE.toBuilder()
                      .setUserAgentName("gRPC Java")
                      .addClientFeatures("xds.config.resource-in-sotw")
                      .build())
              .ask(CLUSTER, "a");
      RawDelta delta = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      assertThat(grpc.take().get(0).getResourcesList()).containsExactly(mortal.body());
      assertThat(delta.take().get(0).getResources(0).hasTtl()).isFalse();
      xds.timer.advance(Duration.ofMinutes(1));
      assertThat(grpc.sent()).isEmpty();
      assertThat(delta.sent()).isEmpty();
    }
  }
}
