package io.mooring.xds.protocol;

import static io.mooring.xds.protocol.SessionFixture.WAIT;
import static io.mooring.xds.protocol.SessionFixture.cluster;
import static io.mooring.xds.protocol.SessionFixture.clusters;
import static io.mooring.xds.protocol.SessionFixture.endpoints;
import static io.mooring.xds.protocol.SessionFixture.listener;
import static io.mooring.xds.protocol.SessionFixture.route;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static io.mooring.xds.resource.XdsType.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.mooring.testkit.Row;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Make before break, and what Envoy's warming needs. Rows are those of the checklist. */
class SendingOrderTest {

  private static ResourceSet mesh(int revision, String... clusters) {
    ResourceSet set = ResourceSet.empty().with(SECRET, route("s", revision));
    for (String name : clusters) {
      set = set.with(CLUSTER, cluster(name, revision)).with(ENDPOINT, endpoints(name, revision));
    }
    return set.with(LISTENER, listener("l", revision)).with(ROUTE, route("r", revision));
  }

  private static SessionFixture connected(
      ClientTraits traits, ResourceSet set, String... clusters) {
    SessionFixture client = new SessionFixture(traits);
    client.offer(set);
    client.subscribe(CLUSTER);
    client.subscribe(ENDPOINT, clusters);
    client.subscribe(LISTENER);
    client.subscribe(ROUTE, "r");
    client.subscribe(SECRET, "s");
    client.sentAndAcknowledged();
    return client;
  }

  @Test
  @Row({71, 72, 73, 74})
  void changesGoOutInTheOrderOfUse() {
    SessionFixture client = connected(ClientTraits.OTHER, mesh(1, "x"), "x");
    client.offer(mesh(2, "x"));
    assertThat(client.sent()).containsExactly("CDS x", "EDS x", "LDS l", "RDS r", "SDS s");
  }

  @Test
  @Row(83)
  void requestsInAnyOrderAreAnsweredAtOnce() {
    SessionFixture client = new SessionFixture(ClientTraits.ENVOY);
    client.offer(mesh(1, "x"));
    client.subscribe(ENDPOINT, "x");
    assertThat(client.sent()).containsExactly("EDS x");
    client.subscribe(SECRET, "s");
    assertThat(client.sent()).containsExactly("SDS s");
  }

  @Test
  @Row({76, 77})
  void repointedRouteNeverNamesAMissingCluster() {
    SessionFixture client = connected(ClientTraits.ENVOY, mesh(1, "x"), "x");
    client.offer(mesh(1, "y").with(ROUTE, route("r", 2)));
    List<Outgoing> added = client.drain();
    assertThat(added).extracting(SessionFixture::text).containsExactly("CDS y");
    client.subscribe(ENDPOINT, "y");
    assertThat(client.sentAndAcknowledged()).containsExactly("EDS y"); // never behind the CDS ACK
    client.ack(CLUSTER, added.get(0).nonce());
    List<Outgoing> repointed = client.drain();
    assertThat(repointed).extracting(SessionFixture::text).containsExactly("RDS r");
    client.ack(ROUTE, repointed.get(0).nonce());
    List<Outgoing> removed = client.drain();
    assertThat(removed).extracting(SessionFixture::text).containsExactly("CDS -x");
    client.ack(CLUSTER, removed.get(0).nonce());
    assertThat(client.sent()).containsExactly("EDS -x");
  }

  @Test
  @Row({65, 76})
  void clusterStaysInTheWorldUntilRoutesHaveLeftIt() {
    SessionFixture client = new SessionFixture(ClientTraits.OTHER);
    client.offer(mesh(1, "x"));
    client.sotw(CLUSTER, "", "");
    client.sotw(ROUTE, "", "", "r");
    for (Outgoing sent : client.drain()) {
      client.sotw(sent.type(), sent.version(), sent.nonce(), sent.type().equals(ROUTE) ? "r" : "*");
    }
    client.drain();
    client.offer(mesh(1, "y").with(ROUTE, route("r", 2)));
    Outgoing both = client.drain().get(0);
    assertThat(SessionFixture.text(both)).isEqualTo("CDS x y");
    client.sotw(CLUSTER, both.version(), both.nonce(), "*");
    Outgoing repointed = client.drain().get(0);
    assertThat(SessionFixture.text(repointed)).isEqualTo("RDS r");
    client.sotw(ROUTE, repointed.version(), repointed.nonce(), "r");
    assertThat(client.sent()).containsExactly("CDS y");
  }

  @Test
  void routesWaitForWarmClustersNoLongerThanTold() {
    SessionFixture client = connected(ClientTraits.ENVOY, mesh(1, "x"), "x");
    client.offer(mesh(1, "x", "y").with(ROUTE, route("r", 2)));
    assertThat(client.sent()).containsExactly("CDS y");
    assertThat(client.session.nextDeadline(client.now())).contains(client.now().plus(WAIT));
    client.clock.advance(WAIT.minusMillis(1));
    assertThat(client.sent()).isEmpty();
    assertThat(client.session.hasNext(client.now())).isFalse();
    client.clock.advance(Duration.ofMillis(1));
    assertThat(client.session.hasNext(client.now())).isTrue();
    assertThat(client.sent()).containsExactly("RDS r");
    assertThat(client.session.nextDeadline(client.now())).isEmpty();
  }

  @Test
  @Row({76, 77})
  void clustersThatAreAddedWithoutEndHoldRoutesBackNoLongerThanTold() {
    SessionFixture client = connected(ClientTraits.ENVOY, mesh(1, "x"), "x");
    client.offer(mesh(1, "x", "y").with(ROUTE, route("r", 2)));
    assertThat(client.sent()).containsExactly("CDS y");
    client.clock.advance(WAIT.minusMillis(1));
    client.offer(mesh(1, "x", "y", "z").with(ROUTE, route("r", 2)));
    assertThat(client.sent()).containsExactly("CDS z");
    client.clock.advance(Duration.ofMillis(1));
    assertThat(client.sent()).containsExactly("RDS r");
  }

  @Test
  @Row({76, 77})
  void removalsComeAfterTheRoutesThatWaitedLonger() { // clusters are sent later than offered
    SessionFixture client = connected(ClientTraits.OTHER, mesh(1, "x"), "x");
    client.offer(mesh(1, "y").with(ROUTE, route("r", 2)));
    client.clock.advance(Duration.ofMillis(3));
    assertThat(client.sent()).containsExactly("CDS y");
    client.clock.advance(WAIT.minusMillis(1)); // the wait of the removals has ended
    assertThat(client.session.hasNext(client.now())).isFalse();
    assertThat(client.sent()).isEmpty();
    client.offer(mesh(1, "y", "z").with(ROUTE, route("r", 2)));
    assertThat(client.sent()).containsExactly("CDS z"); // and takes nothing away either
    assertThat(client.session.nextDeadline(client.now())).contains(client.now().plusMillis(1));
    client.clock.advance(Duration.ofMillis(1));
    assertThat(client.sent()).containsExactly("RDS r", "CDS -x", "EDS -x");
  }

  @Test
  void rejectedClustersDoNotHoldRoutesBack() {
    SessionFixture client = connected(ClientTraits.ENVOY, mesh(1, "x"), "x");
    client.offer(mesh(1, "x", "y").with(ROUTE, route("r", 2)));
    client.nack(CLUSTER, client.drain().get(0).nonce());
    assertThat(client.sent()).containsExactly("RDS r");
  }

  @Test
  void rejectedRoutesKeepTheirClustersUntilTheWaitEnds() {
    SessionFixture client = connected(ClientTraits.OTHER, mesh(1, "x"), "x");
    client.offer(mesh(1).with(ROUTE, route("r", 2)));
    List<Outgoing> sent = client.drain();
    assertThat(sent).extracting(SessionFixture::text).containsExactly("RDS r");
    client.nack(ROUTE, sent.get(0).nonce());
    assertThat(client.sent()).isEmpty();
    client.clock.advance(WAIT);
    assertThat(client.sent()).containsExactly("CDS -x", "EDS -x");
  }

  @Test
  void removalsOfAClientThatNeverAcknowledgesAreBounded() {
    SessionFixture client = new SessionFixture(ClientTraits.OTHER);
    client.offer(mesh(1, "x"));
    client.subscribe(CLUSTER);
    client.subscribe(ROUTE, "r");
    client.drain();
    client.offer(mesh(1));
    assertThat(client.sent()).isEmpty();
    assertThat(client.session.nextDeadline(client.now())).contains(client.now().plus(WAIT));
    client.clock.advance(WAIT);
    assertThat(client.sent()).containsExactly("CDS -x");
  }

  @Test
  void removalNeedsNoWaitWhereNothingRefersToIt() {
    SessionFixture client = new SessionFixture(ClientTraits.OTHER);
    client.offer(clusters("a", "b"));
    client.subscribe(CLUSTER);
    client.drain();
    client.offer(clusters("b", "c"));
    assertThat(client.sent()).containsExactly("CDS c -a");
  }

  @Test
  void listenerGoesInTheResponseOfItsSuccessor() { // Envoy refuses two with one address
    SessionFixture client = connected(ClientTraits.ENVOY, mesh(1, "x"), "x");
    client.offer(mesh(1, "x").without(LISTENER, "l").with(LISTENER, listener("successor", 1)));
    assertThat(client.sent()).containsExactly("LDS successor -l");
  }

  @Test
  void clusterThatComesBackInTimeIsNotRemoved() {
    SessionFixture client = connected(ClientTraits.OTHER, mesh(1, "x"), "x");
    client.offer(mesh(1).with(ROUTE, route("r", 2)));
    client.sent();
    client.offer(mesh(1, "x").with(ROUTE, route("r", 2)));
    client.clock.advance(WAIT);
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row(79)
  void endpointsFollowAChangedClusterUnchanged() {
    SessionFixture client = connected(ClientTraits.OTHER, mesh(1, "x", "z"), "x", "z");
    client.offer(mesh(1, "x", "z").with(CLUSTER, cluster("x", 2)));
    assertThat(client.sent()).containsExactly("CDS x", "EDS x");
  }

  @Test
  @Row(79)
  void endpointsFollowAChangedClusterInTheStateOfTheWorld() {
    SessionFixture client = new SessionFixture(ClientTraits.OTHER);
    client.offer(mesh(1, "x", "z"));
    client.sotw(CLUSTER, "", "");
    client.sotw(ENDPOINT, "", "", "x", "z");
    List<Outgoing> sent = client.drain();
    client.offer(mesh(1, "x", "z").with(CLUSTER, cluster("x", 2)));
    assertThat(client.sent()).containsExactly("CDS x z", "EDS x");
    // Envoy asks again with the old nonce: it looks like an answer, and needs none
    client.sotw(ENDPOINT, sent.get(1).version(), sent.get(1).nonce(), "x", "z");
    assertThat(client.sent()).isEmpty();
  }

  @Test
  void endpointsAreKnownByTheirServiceName() {
    VersionedResource named =
        VersionedResource.of(
            "x",
            Cluster.newBuilder()
                .setName("x")
                .setEdsClusterConfig(
                    Cluster.EdsClusterConfig.newBuilder().setServiceName("behind x"))
                .setType(Cluster.DiscoveryType.EDS)
                .build());
    SessionFixture client = new SessionFixture(ClientTraits.OTHER);
    ResourceSet set = ResourceSet.empty().with(ENDPOINT, endpoints("behind x", 1));
    client.offer(set.with(CLUSTER, cluster("x", 1)));
    client.subscribe(CLUSTER);
    client.subscribe(ENDPOINT, "behind x");
    client.drain();
    client.offer(set.with(CLUSTER, named));
    assertThat(client.sent()).containsExactly("CDS x", "EDS behind x");
  }

  @Test
  void clusterWithoutEdsIsNotFollowedByEndpoints() {
    VersionedResource dns =
        VersionedResource.of(
            "x",
            Cluster.newBuilder().setName("x").setType(Cluster.DiscoveryType.STRICT_DNS).build());
    assertThat(ClusterEndpoints.name(dns)).isEmpty();
    assertThat(ClusterEndpoints.name(cluster("x", 1))).contains("x");
    assertThat(ClusterEndpoints.name(listener("no cluster", 1))).isEmpty();
  }

  @Test
  void proxylessGrpcGetsNoEndpointsThatItHas() {
    SessionFixture client = connected(ClientTraits.GRPC, mesh(1, "x"), "x");
    client.subscribe(CLUSTER, "x");
    client.sentAndAcknowledged();
    client.offer(mesh(1, "x").with(CLUSTER, cluster("x", 2)));
    assertThat(client.sent()).containsExactly("CDS x");
  }

  @Test
  @Row(81)
  void envoyThatWarmsSilentlyGetsAllEndpoints() {
    SessionFixture client = new SessionFixture(ClientTraits.ENVOY);
    client.offer(mesh(1, "x"));
    client.resume(ENDPOINT, Map.of("x", endpoints("x", 1).version()), "x");
    assertThat(client.sent()).containsExactly("EDS x");
  }

  @Test
  @Row(88)
  void envoyThatAskedForClustersSkipsKnownEndpoints() {
    SessionFixture client = new SessionFixture(ClientTraits.ENVOY);
    client.offer(mesh(1, "x", "z").with(CLUSTER, cluster("z", 2)));
    client.resume(CLUSTER, Map.of("x", cluster("x", 1).version(), "z", cluster("z", 1).version()));
    assertThat(client.sent()).containsExactly("CDS z");
    client.resume(
        ENDPOINT,
        Map.of("x", endpoints("x", 1).version(), "z", endpoints("z", 1).version()),
        "x",
        "z");
    assertThat(client.sent()).containsExactly("EDS z"); // its cluster warms again
  }

  @Test
  @Row(88)
  void otherClientSkipsKnownEndpointsWithoutClusters() {
    SessionFixture client = new SessionFixture(ClientTraits.OTHER);
    client.offer(mesh(1, "x"));
    client.resume(ENDPOINT, Map.of("x", endpoints("x", 1).version()), "x");
    assertThat(client.sent()).isEmpty();
  }

  @Test
  void endpointChangeAloneSendsEndpointsAlone() {
    SessionFixture client = connected(ClientTraits.ENVOY, mesh(1, "x", "z"), "x", "z");
    client.offer(mesh(1, "x", "z").with(ENDPOINT, endpoints("z", 2)));
    assertThat(client.sent()).containsExactly("EDS z");
  }
}
