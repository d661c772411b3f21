package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.testkit.xds.InProcessXds.endpoints;
import static io.mooring.testkit.xds.InProcessXds.route;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.EXTENSION_CONFIG;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static io.mooring.xds.resource.XdsType.RUNTIME;
import static io.mooring.xds.resource.XdsType.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.mooring.testkit.Row;
import io.mooring.testkit.xds.RawXds.Via;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients ask for, in both variants: rows 32 and 36 to 66, on the wire. */
class RawSubscriptionsTest {

  private static ResourceSet clusters(String... names) {
    ResourceSet set = ResourceSet.empty();
    for (String name : names) {
      set = set.with(CLUSTER, cluster(name, 1));
    }
    return set;
  }

  private static ResourceSet endpointSet(String... names) {
    ResourceSet set = ResourceSet.empty();
    for (String name : names) {
      set = set.with(ENDPOINT, endpoints(name, 1));
    }
    return set;
  }

  @Row({36, 37})
  @ParameterizedTest
  @EnumSource
  void absentNameIsUnsubscribed(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", endpointSet("a", "b", "c"));
      RawSotw client = xds.sotw(via, ENDPOINT).ask(ENDPOINT, "a", "b");
      assertThat(client.sentAndAccepted("a")).containsExactly("ClusterLoadAssignment a b");
      xds.resources.put("one", ENDPOINT, endpoints("b", 2));
      assertThat(client.sent()).isEmpty();
      xds.resources.put("one", ENDPOINT, endpoints("a", 2));
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment a");
    }
  }

  @Row(38)
  @ParameterizedTest
  @EnumSource
  void nameThatComesBackIsSentUnchanged(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", ROUTE, route("r", 1));
      RawSotw client = xds.sotw(via, ROUTE).ask(ROUTE, "r");
      assertThat(client.sentAndAccepted("r")).hasSize(1);
      client.accept(client.last());
      assertThat(client.sent()).isEmpty();
      client.send(
          ROUTE,
          request -> request.addResourceNames("r").setResponseNonce(client.last().getNonce()));
      assertThat(client.sent()).containsExactly("RouteConfiguration r");
    }
  }

  @Row({39, 40})
  @ParameterizedTest
  @EnumSource
  void clustersComeAsAWholeAndEndpointsOneByOne(Via via) {
    String[] names = new String[100];
    for (int i = 0; i < names.length; i++) {
      names[i] = "n%03d".formatted(i);
    }
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          clusters(names).withAll(ENDPOINT, endpointSet(names).resources(ENDPOINT).values()));
      RawSotw clusters = xds.sotw(via, CLUSTER).ask(CLUSTER);
      RawSotw endpoints = xds.sotw(via, ENDPOINT).ask(ENDPOINT, names);
      clusters.take();
      endpoints.take();
      xds.resources.update(
          "one", set -> set.with(CLUSTER, cluster("n007", 2)).with(ENDPOINT, endpoints("n007", 2)));
      assertThat(clusters.take().get(0).getResourcesList()).hasSize(100);
      assertThat(endpoints.sent()).containsExactly("ClusterLoadAssignment n007");
    }
  }

  @Row({39, 41, 65})
  @ParameterizedTest
  @EnumSource
  void listenersComeAsAWhole(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty().with(LISTENER, cluster("a", 1)).with(LISTENER, cluster("b", 1)));
      RawSotw client = xds.sotw(via, LISTENER).ask(LISTENER);
      assertThat(client.sentAndAccepted()).containsExactly("Listener a b");
      xds.resources.put("one", LISTENER, cluster("b", 2));
      assertThat(client.sentAndAccepted()).containsExactly("Listener a b");
      xds.resources.remove("one", LISTENER, "a");
      assertThat(client.sentAndAccepted()).containsExactly("Listener b");
    }
  }

  @Row({42, 43, 44})
  @ParameterizedTest
  @EnumSource
  void firstRequestMayNameTheStarNamesOrAnEmptyName(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters("a", "b"));
      assertThat(xds.sotw(via, CLUSTER).ask(CLUSTER, "*").sent()).containsExactly("Cluster a b");
      assertThat(xds.sotw(via, CLUSTER).ask(CLUSTER, "*", "a").sent())
          .containsExactly("Cluster a b");
      RawSotw named = xds.sotw(via, CLUSTER).ask(CLUSTER, "a");
      assertThat(named.sentAndAccepted("a")).containsExactly("Cluster a");
      named.ask(CLUSTER).ask(CLUSTER);
      RawSotw empty = xds.sotw(via, CLUSTER).ask(CLUSTER, "");
      RawDelta emptyDelta = xds.delta(via, CLUSTER).subscribe(CLUSTER, "");
      xds.resources.put("one", CLUSTER, cluster("c", 1));
      assertThat(named.sent()).isEmpty();
      assertThat(empty.sent()).isEmpty();
      assertThat(emptyDelta.sent()).isEmpty();
      assertThat(empty.ask(CLUSTER, "", "c", "c").sent()).containsExactly("Cluster c");
      assertThat(emptyDelta.subscribe(CLUSTER, "c").sent()).containsExactly("Cluster c");
    }
  }

  @Row({41, 42, 43, 44, 45})
  @ParameterizedTest
  @EnumSource
  void wildcardsOfTheStateOfTheWorld(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters("a", "b"));
      RawSotw client = xds.sotw(via, CLUSTER).ask(CLUSTER);
      assertThat(client.sentAndAccepted()).containsExactly("Cluster a b");
      client.accept(client.last(), "*");
      xds.resources.put("one", CLUSTER, cluster("c", 1));
      assertThat(client.sentAndAccepted("*")).containsExactly("Cluster a b c");
      client.accept(client.last(), "*", "absent");
      assertThat(client.sentAndAccepted("*", "absent")).containsExactly("Cluster a b c");
      client.accept(client.last(), "a");
      client.sentAndAccepted("a");
      xds.resources.put("one", CLUSTER, cluster("b", 2));
      assertThat(client.sent()).isEmpty();
      xds.resources.put("one", CLUSTER, cluster("a", 2));
      assertThat(client.sentAndAccepted("a")).containsExactly("Cluster a");
      client.accept(client.last());
      xds.resources.put("one", CLUSTER, cluster("a", 3));
      assertThat(client.sent()).isEmpty();
      client.accept(client.last(), "*");
      assertThat(client.sent()).containsExactly("Cluster a b c");
    }
  }

  @Row({41, 49})
  @ParameterizedTest
  @EnumSource
  void wildcardOfAnEmptyMeshIsAnswered(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", ResourceSet.empty());
      assertThat(xds.sotw(via, CLUSTER).ask(CLUSTER).sent()).containsExactly("Cluster");
      assertThat(xds.sotw(via, LISTENER).ask(LISTENER).sent()).containsExactly("Listener");
      assertThat(xds.delta(via, CLUSTER).subscribe(CLUSTER).sent()).containsExactly("Cluster");
      assertThat(xds.delta(via, LISTENER).subscribe(LISTENER).sent()).containsExactly("Listener");
    }
  }

  @Row(46)
  @ParameterizedTest
  @EnumSource
  void emptyListOfEndpointsIsNothing(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", endpointSet("a"));
      assertThat(xds.sotw(via, ENDPOINT).ask(ENDPOINT).sent()).isEmpty();
      assertThat(xds.delta(via, ENDPOINT).subscribe(ENDPOINT).sent()).isEmpty();
    }
  }

  @Row(46)
  @ParameterizedTest
  @EnumSource
  void emptyListOfAnyTypeThatIsAskedForByNameIsNothing(Via via) {
    try (RawXds xds = new RawXds()) {
      for (XdsType type : List.of(ROUTE, SECRET, EXTENSION_CONFIG, RUNTIME)) {
        xds.resources.set("one", ResourceSet.empty().with(type, route("a", 1)));
        RawSotw sotw = xds.sotw(via, type).ask(type);
        RawDelta delta = xds.delta(via, type).subscribe(type);
        assertThat(sotw.sent()).isEmpty();
        assertThat(delta.sent()).isEmpty();
        assertThat(sotw.ask(type, "a").take()).hasSize(1);
        assertThat(delta.subscribe(type, "a").take()).hasSize(1);
      }
    }
  }

  @Row({46, 79})
  @ParameterizedTest
  @EnumSource
  void grpcClientGetsNothingThatItDidNotName(Via via) {
    Node grpc = RawXds.NODE.toBuilder().setUserAgentName("gRPC Java").build();
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          clusters("a", "b").with(LISTENER, cluster("l", 1)).with(ENDPOINT, endpoints("a", 1)));
      for (XdsType type : List.of(CLUSTER, LISTENER, ENDPOINT)) {
        RawSotw client = xds.sotw(via, type, grpc).ask(type);
        assertThat(client.sent()).isEmpty();
        xds.resources.put("one", type, cluster("new", 1));
        assertThat(client.sent()).isEmpty();
      }
      RawSotw client = xds.sotw(Via.AGGREGATED, CLUSTER, grpc).ask(CLUSTER, "a").ask(ENDPOINT, "a");
      assertThat(client.sent()).containsExactly("Cluster a", "ClusterLoadAssignment a");
      xds.resources.put("one", CLUSTER, cluster("a", 2));
      assertThat(client.sent()).containsExactly("Cluster a"); // it warms nothing
    }
  }

  @Row({47, 48, 63})
  @ParameterizedTest
  @EnumSource
  void knownNamesAreAnsweredAndUnknownOnesWhenTheyCome(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters("a", "unrelated").with(ENDPOINT, endpoints("a", 1)));
      RawSotw cds = xds.sotw(via, CLUSTER).ask(CLUSTER, "a", "b");
      RawSotw eds = xds.sotw(via, ENDPOINT).ask(ENDPOINT, "a", "b");
      RawDelta deltaCds = xds.delta(via, CLUSTER).subscribe(CLUSTER, "a", "b");
      RawDelta deltaEds = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "a", "b");
      assertThat(cds.sentAndAccepted("a", "b")).containsExactly("Cluster a");
      assertThat(eds.sentAndAccepted("a", "b")).containsExactly("ClusterLoadAssignment a");
      assertThat(deltaCds.sentAndAccepted()).containsExactly("Cluster a -b");
      assertThat(deltaEds.sentAndAccepted()).containsExactly("ClusterLoadAssignment a -b");
      xds.resources.update(
          "one", set -> set.with(CLUSTER, cluster("b", 1)).with(ENDPOINT, endpoints("b", 1)));
      assertThat(cds.sent()).containsExactly("Cluster a b");
      assertThat(eds.sent()).containsExactly("ClusterLoadAssignment b");
      assertThat(deltaCds.sent()).containsExactly("Cluster b");
      assertThat(deltaEds.sent()).containsExactly("ClusterLoadAssignment b");
    }
  }

  @Row({50, 51})
  @ParameterizedTest
  @EnumSource
  void oneRequestSubscribesUnsubscribesAndAccepts(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", endpointSet("a", "b"));
      RawDelta client =
          xds.delta(via, ENDPOINT)
              .send(
                  ENDPOINT,
                  request ->
                      request
                          .addResourceNamesSubscribe("a")
                          .addResourceNamesUnsubscribe("never asked for")
                          .putInitialResourceVersions("a", "old"));
      DeltaDiscoveryResponse first = client.take().get(0);
      assertThat(RawDelta.text(first)).isEqualTo("ClusterLoadAssignment a");
      client.send(
          ENDPOINT,
          request ->
              request
                  .setResponseNonce(first.getNonce())
                  .addResourceNamesSubscribe("b")
                  .addResourceNamesUnsubscribe("a"));
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment b");
      client.accept(client.last()); // both lists empty: no change
      xds.resources.set("one", endpointSet().with(ENDPOINT, endpoints("b", 2)));
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment b");
    }
  }

  @Row({32, 52, 53, 54})
  @ParameterizedTest
  @EnumSource
  void everySubscribedNameIsAnsweredOnceAndUnsubscribingIsNot(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", endpointSet("a"));
      RawDelta client = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "a", "a", "", "no", "no");
      assertThat(client.sentAndAccepted()).containsExactly("ClusterLoadAssignment a -no");
      client.subscribe(ENDPOINT, "a", "no");
      assertThat(client.sentAndAccepted()).containsExactly("ClusterLoadAssignment a -no");
      client.unsubscribe(ENDPOINT, "a", "no", "never", "", "a");
      assertThat(client.sent()).isEmpty();
      xds.resources.put("one", ENDPOINT, endpoints("a", 2));
      assertThat(client.sent()).isEmpty();
    }
  }

  @Row({55, 56, 57, 59})
  @ParameterizedTest
  @EnumSource
  void wildcardsOfDelta(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters("a", "b"));
      RawDelta legacy = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      RawDelta star = xds.delta(via, CLUSTER).subscribe(CLUSTER, "*");
      RawDelta none =
          xds.delta(via, CLUSTER)
              .send(
                  CLUSTER,
                  request ->
                      request.addResourceNamesSubscribe("*").addResourceNamesUnsubscribe("*"));
      assertThat(legacy.sentAndAccepted()).containsExactly("Cluster a b");
      assertThat(star.sentAndAccepted()).containsExactly("Cluster a b");
      assertThat(none.sent()).isEmpty();
      for (RawDelta client : List.of(legacy, star)) {
        client.subscribe(CLUSTER, "a", "absent");
        assertThat(client.sentAndAccepted()).containsExactly("Cluster a -absent");
        client.unsubscribe(CLUSTER, "a", "absent");
        assertThat(client.sentAndAccepted()).containsExactly("Cluster a -absent");
        client.subscribe(CLUSTER, "b");
        client.sentAndAccepted();
        client.unsubscribe(CLUSTER, "*");
        assertThat(client.sent()).isEmpty();
      }
      xds.resources.set("one", clusters("c").with(CLUSTER, cluster("b", 2)));
      assertThat(legacy.sent()).containsExactly("Cluster b");
      assertThat(star.sent()).containsExactly("Cluster b");
      assertThat(none.sent()).isEmpty();
    }
  }

  @Row({52, 56})
  @ParameterizedTest
  @EnumSource
  void starAfterNamesIsAnsweredEvenIfTheClientHasAll(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters("a"));
      RawDelta client = xds.delta(via, CLUSTER).subscribe(CLUSTER, "a");
      assertThat(client.sentAndAccepted()).containsExactly("Cluster a");
      client.subscribe(CLUSTER, "*");
      assertThat(client.sentAndAccepted()).containsExactly("Cluster a");
      client.subscribe(CLUSTER, "*");
      assertThat(client.sentAndAccepted()).containsExactly("Cluster a");
      client.unsubscribe(CLUSTER, "*");
      xds.resources.set("one", ResourceSet.empty());
      assertThat(client.sentAndAccepted()).containsExactly("Cluster -a");
      client.subscribe(CLUSTER, "*");
      assertThat(client.sentAndAccepted()).containsExactly("Cluster");
    }
  }

  @Row({38, 50, 52})
  @ParameterizedTest
  @EnumSource
  void nameThatComesBackIsSentUnchangedInDelta(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", endpointSet("a"));
      RawDelta client = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "a");
      assertThat(client.sentAndAccepted()).hasSize(1);
      client.unsubscribe(ENDPOINT, "a");
      client.subscribe(ENDPOINT); // empty, and not the first: no wildcard
      assertThat(client.sent()).isEmpty();
      client.subscribe(ENDPOINT, "a");
      assertThat(client.sentAndAccepted()).containsExactly("ClusterLoadAssignment a");
    }
  }

  @Row({58, 62})
  @ParameterizedTest
  @EnumSource
  void whatWasNeverSentIsNotSaidToBeGone(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", endpointSet("a", "b"));
      RawDelta client = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "a", "no");
      assertThat(client.sentAndAccepted()).containsExactly("ClusterLoadAssignment a -no");
      xds.resources.remove("one", ENDPOINT, "b");
      xds.resources.remove("one", ENDPOINT, "no");
      assertThat(client.sent()).isEmpty();
      xds.resources.remove("one", ENDPOINT, "a");
      xds.resources.remove("one", ENDPOINT, "a");
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment -a");
    }
  }

  @Row({58, 62, 64})
  @ParameterizedTest
  @EnumSource
  void onlyWhatChangedIsSentAndRemovalsAreTold(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters("a", "b", "c"));
      RawDelta client = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      client.sentAndAccepted();
      xds.resources.set("one", clusters("a", "c", "d"));
      assertThat(client.sentAndAccepted()).containsExactly("Cluster d -b");
      xds.resources.set("one", clusters("a", "b", "c", "d"));
      assertThat(client.sentAndAccepted()).containsExactly("Cluster b");
    }
  }

  @Row({65, 66})
  @ParameterizedTest
  @EnumSource
  void removalsInTheStateOfTheWorld(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters("a", "b").with(ENDPOINT, endpoints("a", 1)));
      RawSotw cds = xds.sotw(via, CLUSTER).ask(CLUSTER);
      RawSotw eds = xds.sotw(via, ENDPOINT).ask(ENDPOINT, "a");
      cds.sentAndAccepted();
      eds.sentAndAccepted("a");
      xds.resources.set("one", clusters("a"));
      assertThat(cds.sentAndAccepted()).containsExactly("Cluster a");
      assertThat(eds.sent()).isEmpty();
      xds.resources.set("one", ResourceSet.empty());
      assertThat(cds.sentAndAccepted()).containsExactly("Cluster");
    }
  }

  @Row({65, 92})
  @ParameterizedTest
  @EnumSource
  void nothingIsSaidOfAGroupThatIsNotSetOrWasCleared(Via via) {
    try (RawXds xds = new RawXds()) {
      RawSotw sotw = xds.sotw(via, CLUSTER).ask(CLUSTER);
      RawDelta delta = xds.delta(via, CLUSTER).subscribe(CLUSTER, "*", "a");
      xds.resources.set("another", clusters("b"));
      assertThat(sotw.sent()).isEmpty();
      assertThat(delta.sent()).isEmpty();
      xds.resources.set("one", clusters("a"));
      assertThat(sotw.sentAndAccepted()).containsExactly("Cluster a");
      assertThat(delta.sentAndAccepted()).containsExactly("Cluster a");
      xds.resources.clear("one");
      assertThat(sotw.sent()).isEmpty();
      assertThat(delta.sent()).isEmpty();
      assertThat(xds.sotw(via, CLUSTER).ask(CLUSTER).sent()).isEmpty();
      xds.resources.set("one", ResourceSet.empty());
      assertThat(sotw.sent()).containsExactly("Cluster");
      assertThat(delta.sent()).containsExactly("Cluster -a");
    }
  }

  @Row({87, 88})
  @Test
  void versionsOfALaterRequestDoNotCount() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", endpointSet("a", "b"));
      RawDelta client = xds.delta().subscribe(ENDPOINT, "a");
      client.sentAndAccepted();
      client.resume(ENDPOINT, Map.of("b", endpoints("b", 1).version()), "b");
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment b");
    }
  }
}
