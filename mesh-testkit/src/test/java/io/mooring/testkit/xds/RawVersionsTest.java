package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.testkit.xds.InProcessXds.endpoints;
import static io.mooring.testkit.xds.InProcessXds.route;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.mooring.testkit.Row;
import io.mooring.testkit.xds.RawXds.Via;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.XdsObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Versions, nonces, acceptance and rejection: rows 13 to 35, on the wire. */
class RawVersionsTest {

  private static ResourceSet clusters(int revision, String... names) {
    ResourceSet set = ResourceSet.empty();
    for (String name : names) {
      set = set.with(CLUSTER, cluster(name, revision));
    }
    return set;
  }

  @Row({13, 14})
  @ParameterizedTest
  @EnumSource
  void noncesDifferOnAStreamAndThoseOfAnotherStreamAreNoAnswers(Via via) {
    try (RawXds xds = new RawXds()) {
      RawSotw client = xds.sotw(via, CLUSTER).ask(CLUSTER);
      RawDelta incremental = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      Set<String> nonces = new HashSet<>();
      Set<String> incrementalNonces = new HashSet<>();
      for (int revision = 1; revision <= 20; revision++) {
        xds.resources.set("one", clusters(revision, "a"));
        client.take().forEach(response -> nonces.add(response.getNonce()));
        incremental.take().forEach(response -> incrementalNonces.add(response.getNonce()));
      }
      assertThat(nonces).hasSize(20).doesNotContain("");
      assertThat(incrementalNonces).hasSize(20).doesNotContain("");
      RawSotw next =
          xds.sotw(via, CLUSTER)
              .send(CLUSTER, request -> request.setResponseNonce("20").setVersionInfo("old"));
      assertThat(next.sent()).containsExactly("Cluster a");
      String current = next.last().getVersionInfo();
      RawSotw confused =
          xds.sotw(via, CLUSTER)
              .send(CLUSTER, request -> request.setResponseNonce("20").setVersionInfo(current));
      assertThat(confused.sent()).containsExactly("Cluster a");
      RawDelta delta =
          xds.delta(via, CLUSTER).send(CLUSTER, request -> request.setResponseNonce("of before"));
      assertThat(delta.sent()).containsExactly("Cluster a");
    }
  }

  @Row({15, 16, 30, 90})
  @Test
  void versionIsOfTheContentOnEveryReplica() {
    try (RawXds one = new RawXds();
        RawXds replica = new RawXds()) {
      String[] versions = new String[2];
      int i = 0;
      for (RawXds xds : List.of(one, replica)) {
        xds.resources.set("one", clusters(1, "b", "a").with(ROUTE, route("r", i)));
        RawSotw client = xds.sotw().ask(CLUSTER).ask(ROUTE, "r");
        versions[i++] = client.take().get(0).getVersionInfo();
        xds.resources.set("one", clusters(1, "a", "b").with(ROUTE, route("r", i)));
        assertThat(client.sent()).containsExactly("RouteConfiguration r");
      }
      assertThat(versions[0]).isEqualTo(versions[1]).isNotEmpty();
    }
  }

  @Row({15, 30})
  @ParameterizedTest
  @EnumSource
  void versionOfTheCallerIsALabelAndContentDecides(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters(1, "a", "b").labelled("1"));
      RawSotw sotw = xds.sotw(via, CLUSTER).ask(CLUSTER);
      RawDelta delta = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      assertThat(sotw.take().get(0).getVersionInfo()).isEqualTo("1");
      assertThat(delta.take().get(0).getSystemVersionInfo()).isEqualTo("1");
      assertThat(delta.last().getResources(0).getVersion()).isEqualTo(cluster("a", 1).version());
      xds.resources.set("one", clusters(1, "a", "b").labelled("2"));
      assertThat(sotw.sent()).isEmpty();
      assertThat(delta.sent()).isEmpty();
      xds.resources.update("one", set -> set.with(CLUSTER, cluster("a", 2)).labelled(CLUSTER, "3"));
      assertThat(sotw.take().get(0).getVersionInfo()).isEqualTo("3");
      assertThat(delta.take().get(0).getSystemVersionInfo()).isEqualTo("3");
      assertThat(delta.last().getResourcesList()).hasSize(1);
      xds.resources.set("one", clusters(3, "a", "b").labelled("3"));
      assertThat(sotw.sent()).containsExactly("Cluster a b");
      assertThat(sotw.last().getVersionInfo()).startsWith("3+");
      assertThat(delta.sent()).containsExactly("Cluster a b");
      xds.resources.put("one", CLUSTER, cluster("a", 4));
      assertThat(sotw.take().get(0).getVersionInfo()).isNotEmpty().doesNotContain("3+");
    }
  }

  @Row({85, 86})
  @Test
  void labelIsNoProofOfContent() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters(2, "a").labelled("1"));
      RawSotw client = xds.sotw().send(CLUSTER, request -> request.setVersionInfo("1"));
      assertThat(client.sent()).containsExactly("Cluster a");
    }
  }

  @Row(17)
  @Test
  void eachResourceHasAVersionOfItsOwnInDelta() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters(1, "a", "b"));
      RawDelta client = xds.delta().subscribe(CLUSTER);
      DeltaDiscoveryResponse first = client.take().get(0);
      assertThat(first.getResources(0).getVersion())
          .isNotEqualTo(first.getResources(1).getVersion());
      xds.resources.put("one", CLUSTER, cluster("b", 2));
      DeltaDiscoveryResponse second = client.take().get(0);
      assertThat(second.getResourcesList()).hasSize(1);
      assertThat(second.getResources(0).getVersion())
          .isNotEqualTo(first.getResources(1).getVersion());
    }
  }

  @Row({18, 19, 20, 21, 31})
  @ParameterizedTest
  @EnumSource
  void rejectedContentIsNotSentAgainUntilItChanges(Via via) {
    for (boolean versionIsCurrent : new boolean[] {true, false}) {
      try (RawXds xds = new RawXds()) {
        xds.resources.set("one", clusters(1, "a"));
        RawSotw sotw = xds.sotw(via, CLUSTER).ask(CLUSTER);
        RawDelta delta = xds.delta(via, CLUSTER).subscribe(CLUSTER);
        DiscoveryResponse bad = sotw.take().get(0);
        sotw.reject(bad, versionIsCurrent ? bad.getVersionInfo() : "");
        delta.reject(delta.take().get(0));
        xds.resources.set("one", clusters(1, "a"));
        assertThat(sotw.sent()).isEmpty();
        assertThat(delta.sent()).isEmpty();
        xds.resources.put("one", CLUSTER, cluster("a", 2));
        assertThat(sotw.sentAndAccepted()).containsExactly("Cluster a");
        assertThat(delta.sentAndAccepted()).containsExactly("Cluster a");
      }
    }
  }

  @Row({20, 23})
  @Test
  void otherResourcesOfTheTypeGoOnAfterARejection() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty().with(ENDPOINT, endpoints("a", 1)).with(ENDPOINT, endpoints("b", 1)));
      RawSotw sotw = xds.sotw().ask(ENDPOINT, "a", "b");
      RawDelta delta = xds.delta().subscribe(ENDPOINT, "a", "b");
      sotw.reject(sotw.take().get(0), "", "a", "b");
      delta.reject(delta.take().get(0));
      xds.resources.put("one", ENDPOINT, endpoints("b", 2));
      assertThat(sotw.sent()).containsExactly("ClusterLoadAssignment b");
      assertThat(delta.sent()).containsExactly("ClusterLoadAssignment b");
    }
  }

  @Row({20, 24})
  @Test
  void observerHearsWhoRejectedWhatAndWhy() {
    List<String> heard = new ArrayList<>();
    XdsObserver observer =
        new XdsObserver() {
          @Override
          public void rejected(ProxyNode node, XdsType type, List<String> names, String message) {
            heard.add(node.id() + " " + type + " " + names + " " + message);
          }
        };
    try (RawXds xds =
        new RawXds(new SnapshotResources(ProxyNode::id), builder -> builder.observer(observer))) {
      xds.resources.set("one", clusters(1, "a", "b"));
      RawDelta client = xds.delta().subscribe(CLUSTER);
      client.reject(client.take().get(0));
      client.reject(client.last()); // the same once more: not news
      assertThat(heard).containsExactly("one " + CLUSTER + " [a, b] no such filter");
    }
  }

  @Row(22)
  @Test
  void rejectionMayChangeTheSubscription() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty().with(ENDPOINT, endpoints("a", 1)).with(ENDPOINT, endpoints("b", 1)));
      RawSotw sotw = xds.sotw().ask(ENDPOINT, "a");
      sotw.reject(sotw.take().get(0), "", "a", "b");
      assertThat(sotw.sent()).containsExactly("ClusterLoadAssignment b");
      sotw.reject(sotw.last(), "", "b");
      RawDelta delta = xds.delta().subscribe(ENDPOINT, "a");
      delta.reject(delta.take().get(0), "b");
      assertThat(delta.sent()).containsExactly("ClusterLoadAssignment b");
      xds.resources.put("one", ENDPOINT, endpoints("a", 2));
      assertThat(sotw.sent()).isEmpty(); // no longer asked for
      assertThat(delta.sent()).containsExactly("ClusterLoadAssignment a");
    }
  }

  @Row({20, 21})
  @ParameterizedTest
  @EnumSource
  void rejectedContentThatComesBackIsNewsOnceMore(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters(1, "a"));
      RawSotw sotw = xds.sotw(via, CLUSTER).ask(CLUSTER);
      RawDelta delta = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      String good = sotw.take().get(0).getVersionInfo();
      sotw.accept(sotw.last());
      delta.sentAndAccepted();
      xds.resources.put("one", CLUSTER, cluster("a", 2));
      sotw.reject(sotw.take().get(0), good);
      delta.reject(delta.take().get(0));
      xds.resources.put("one", CLUSTER, cluster("a", 1)); // the client uses it still
      assertThat(sotw.sent()).containsExactly("Cluster a");
      assertThat(sotw.last().getVersionInfo()).isEqualTo(good);
      assertThat(delta.sentAndAccepted()).containsExactly("Cluster a");
      sotw.accept(sotw.last());
      xds.resources.put("one", CLUSTER, cluster("a", 2));
      assertThat(sotw.sent()).containsExactly("Cluster a");
      assertThat(delta.sent()).containsExactly("Cluster a");
    }
  }

  @Row(29)
  @ParameterizedTest
  @EnumSource
  void burstOfRequestsEndsInWhatTheLastOneAskedFor(Via via) {
    try (RawXds xds = new RawXds()) {
      ResourceSet set = ResourceSet.empty();
      for (int i = 0; i < 10; i++) {
        set = set.with(ENDPOINT, endpoints("e" + i, 1));
      }
      xds.resources.set("one", set);
      RawSotw client = xds.sotw(via, ENDPOINT);
      for (int i = 0; i < 10; i++) {
        client.ask(ENDPOINT, "e" + i, "e9");
      }
      assertThat(client.sent().toString()).contains("e9");
      set = set.with(ENDPOINT, endpoints("e0", 2)).with(ENDPOINT, endpoints("e9", 2));
      xds.resources.set("one", set);
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment e9");
    }
  }

  @Row({25, 26, 29})
  @Test
  void staleRequestsAreNotAnsweredButTheirNewNamesAre() {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", ENDPOINT, endpoints("a", 1));
      RawSotw client = xds.sotw().ask(ENDPOINT, "a");
      DiscoveryResponse first = client.take().get(0);
      xds.resources.put("one", ENDPOINT, endpoints("a", 2));
      client.take();
      client.accept(first, "a");
      assertThat(client.sent()).isEmpty();
      xds.resources.put("one", ENDPOINT, endpoints("b", 1));
      client.accept(first, "a", "b");
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment b");
      for (int i = 0; i < 10; i++) {
        client.accept(first, "a", "b");
      }
      assertThat(client.sent()).isEmpty();
    }
  }

  @Row({27, 28})
  @ParameterizedTest
  @EnumSource
  void unknownAndMissingNoncesDoNotLoseSubscriptions(Via via) {
    try (RawXds xds = new RawXds()) {
      ResourceSet set = ResourceSet.empty();
      for (String name : List.of("a", "b", "c")) {
        set = set.with(ENDPOINT, endpoints(name, 1));
      }
      xds.resources.set("one", set);
      RawDelta client = xds.delta(via, ENDPOINT).subscribe(ENDPOINT, "a");
      client.take();
      client.send(
          ENDPOINT,
          request -> request.setResponseNonce("no such nonce").addResourceNamesSubscribe("b"));
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment b");
      client.subscribe(ENDPOINT, "c");
      assertThat(client.sent()).containsExactly("ClusterLoadAssignment c");
      assertThat(client.stream.isOpen()).isTrue();
    }
  }

  @Row(31)
  @ParameterizedTest
  @EnumSource
  void acceptanceIsNotAnswered(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters(1, "a").with(LISTENER, route("l", 1)));
      RawSotw sotw = xds.sotw(via, CLUSTER).ask(CLUSTER);
      RawDelta delta = xds.delta(via, CLUSTER).subscribe(CLUSTER);
      assertThat(sotw.sentAndAccepted()).hasSize(1);
      assertThat(delta.sentAndAccepted()).hasSize(1);
      sotw.accept(sotw.last());
      delta.accept(delta.last());
      assertThat(sotw.sent()).isEmpty();
      assertThat(delta.sent()).isEmpty();
    }
  }

  @Row({15, 30})
  @Test
  void labelThatComesBackForOtherContentIsToldApart() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set("one", clusters(1, "a").labelled("1"));
      RawSotw client = xds.sotw().ask(CLUSTER);
      assertThat(client.sentAndAccepted()).hasSize(1);
      xds.resources.set("one", clusters(1, "a").labelled("2"));
      xds.resources.set("one", clusters(2, "a").labelled("1"));
      assertThat(client.sentAndAccepted()).containsExactly("Cluster a");
      assertThat(client.last().getVersionInfo()).startsWith("1+");
      xds.resources.set("one", clusters(3, "a").labelled("3"));
      assertThat(client.take().get(0).getVersionInfo()).isEqualTo("3");
    }
  }

  @Row({16, 34})
  @ParameterizedTest
  @EnumSource
  void orderOfWritingMakesNoOtherVersion(Via via) {
    List<String> keys = List.of("a", "b", "c", "d", "e", "f", "g", "h");
    List<String> backwards = new ArrayList<>(keys);
    Collections.reverse(backwards);
    List<ByteString> bodies = new ArrayList<>();
    for (List<String> order : List.of(keys, backwards)) {
      Cluster.Builder cluster = Cluster.newBuilder().setName("a");
      for (String key : order) {
        cluster
            .getMetadataBuilder()
            .putFilterMetadata(
                key,
                Struct.newBuilder()
                    .putFields(key, Value.newBuilder().setStringValue(key).build())
                    .build());
      }
      try (RawXds xds = new RawXds()) {
        xds.resources.set("one", ResourceSet.of(List.of(cluster.build())));
        RawDelta client = xds.delta(via, CLUSTER).subscribe(CLUSTER);
        bodies.add(client.take().get(0).getResources(0).toByteString());
      }
    }
    assertThat(bodies.get(0)).isEqualTo(bodies.get(1));
  }

  @Row(34)
  @Test
  void equalVersionsHaveEqualBytes() {
    try (RawXds one = new RawXds();
        RawXds replica = new RawXds()) {
      for (RawXds xds : List.of(one, replica)) {
        xds.resources.set("one", clusters(1, "a", "b", "c"));
      }
      assertThat(one.delta().subscribe(CLUSTER).take().get(0).toByteString())
          .isEqualTo(replica.delta().subscribe(CLUSTER).take().get(0).toByteString());
    }
  }
}
