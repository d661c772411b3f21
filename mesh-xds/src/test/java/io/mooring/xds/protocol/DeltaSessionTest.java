package io.mooring.xds.protocol;

import static io.mooring.xds.protocol.SessionFixture.cluster;
import static io.mooring.xds.protocol.SessionFixture.clusters;
import static io.mooring.xds.protocol.SessionFixture.endpointSet;
import static io.mooring.xds.protocol.SessionFixture.endpoints;
import static io.mooring.xds.protocol.SessionFixture.route;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static io.mooring.xds.resource.XdsType.VIRTUAL_HOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.Row;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rows are those of the conformance checklist in the xDS protocol's documentation order. */
class DeltaSessionTest {

  private final SessionFixture client = new SessionFixture(ClientTraits.OTHER);

  @Test
  @Row(65)
  void nothingIsAnsweredBeforeResourcesAreKnown() {
    client.subscribe(CLUSTER);
    client.subscribe(ENDPOINT, "a");
    assertThat(client.sent()).isEmpty();
    client.offer(ResourceSet.unknown());
    assertThat(client.sent()).isEmpty();
    client.offer(clusters("a"));
    assertThat(client.sent()).containsExactly("CDS a", "EDS -a");
  }

  @Test
  @Row(11)
  void unknownTypeLeavesTheOthersAlive() {
    client.offer(clusters("a"));
    client.subscribe(new XdsType("type.googleapis.com/no.such.Type"));
    assertThat(client.sent()).isEmpty();
    client.subscribe(CLUSTER);
    assertThat(client.sent()).containsExactly("CDS a");
  }

  @Test
  void inventedTypesAreForgottenBeforeTheyFillTheMemory() {
    client.offer(clusters("a"));
    client.subscribe(CLUSTER);
    for (int i = 0; i < 1_000; i++) {
      client.subscribe(new XdsType("type.googleapis.com/invented." + i), "x");
    }
    assertThat(client.session.state()).hasSize(64);
    assertThat(client.sent()).contains("CDS a");
  }

  @Test
  void opaqueTypeIsServedByWildcard() {
    XdsType nameTable = new XdsType("type.googleapis.com/istio.networking.nds.v1.NameTable");
    client.offer(ResourceSet.empty().with(nameTable, cluster("table", 1)));
    client.subscribe(nameTable);
    assertThat(client.sent()).containsExactly(nameTable.typeUrl() + " table");
  }

  @Test
  @Row(13)
  void noncesAreNeverRepeated() {
    client.offer(clusters("a").with(ENDPOINT, endpoints("a", 1)));
    client.subscribe(CLUSTER);
    client.subscribe(ENDPOINT, "a");
    assertThat(client.drain()).extracting(Outgoing::nonce).doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  @Row(31)
  void acknowledgementIsNotAnswered() {
    client.offer(clusters("a"));
    client.subscribe(CLUSTER);
    String nonce = client.drain().get(0).nonce();
    assertThat(client.ack(CLUSTER, nonce).verdict()).isEqualTo(Receipt.Verdict.ACKNOWLEDGED);
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row({20, 21})
  void rejectedContentIsNotSentAgainUntilItChanges() {
    client.offer(clusters("a", "b"));
    client.subscribe(CLUSTER);
    Receipt receipt = client.nack(CLUSTER, client.drain().get(0).nonce());
    assertThat(receipt.verdict()).isEqualTo(Receipt.Verdict.REJECTED);
    assertThat(receipt.names()).containsExactly("a", "b");
    assertThat(receipt.rejection()).contains(new Rejection(13, "bad"));
    assertThat(client.sent()).isEmpty();
    client.offer(clusters("a", "b").with(CLUSTER, cluster("b", 2)));
    assertThat(client.sent()).containsExactly("CDS b");
    assertThat(client.session.state().get(0).acknowledged()).isFalse();
  }

  @Test
  @Row(4)
  void rejectionOfOneTypeDoesNotTouchAnother() {
    client.offer(clusters("a").with(ROUTE, route("r", 1)));
    client.subscribe(CLUSTER);
    client.subscribe(ROUTE, "r");
    List<Outgoing> sent = client.drain();
    client.nack(CLUSTER, sent.get(0).nonce());
    assertThat(client.ack(ROUTE, sent.get(1).nonce()).verdict())
        .isEqualTo(Receipt.Verdict.ACKNOWLEDGED);
    assertThat(client.session.state())
        .extracting(TypeState::acknowledged)
        .containsExactly(false, true);
  }

  @Test
  @Row(22)
  void rejectionMayCarryASubscription() {
    client.offer(endpointSet("a", "b"));
    client.subscribe(ENDPOINT, "a");
    String nonce = client.drain().get(0).nonce();
    client.session.request(
        new DeltaRequest(
            ENDPOINT,
            List.of("b"),
            List.of(),
            Map.of(),
            nonce,
            Optional.of(new Rejection(3, "bad"))),
        client.now());
    assertThat(client.sent()).containsExactly("EDS b");
  }

  @Test
  @Row({27, 14})
  void unknownNonceIsNoAnswerYetItsSubscriptionCounts() {
    client.offer(endpointSet("a", "b"));
    client.subscribe(ENDPOINT, "a");
    client.drain();
    Receipt receipt =
        client.session.request(
            new DeltaRequest(
                ENDPOINT, List.of("b"), List.of(), Map.of(), "no such", Optional.empty()),
            client.now());
    assertThat(receipt.verdict()).isEqualTo(Receipt.Verdict.STALE);
    assertThat(client.sent()).containsExactly("EDS b");
  }

  @Test
  @Row(28)
  void subscriptionBeforeTheAcknowledgementIsAnswered() {
    client.offer(endpointSet("a", "b"));
    client.subscribe(ENDPOINT, "a");
    client.drain();
    client.subscribe(ENDPOINT, "b");
    assertThat(client.sent()).containsExactly("EDS b");
  }

  @Test
  @Row({30, 58})
  void equalResourcesAreNotSentAgain() {
    client.offer(clusters("a", "b"));
    client.subscribe(CLUSTER);
    client.drain();
    client.offer(clusters("a", "b"));
    assertThat(client.sent()).isEmpty();
    client.offer(clusters("a", "b", "c"));
    assertThat(client.sent()).containsExactly("CDS c");
  }

  @Test
  @Row(52)
  void everySubscribedNameIsAnsweredEvenIfCurrent() {
    client.offer(endpointSet("a"));
    client.subscribe(ENDPOINT, "a");
    client.drain();
    client.subscribe(ENDPOINT, "a");
    assertThat(client.sent()).containsExactly("EDS a");
  }

  @Test
  @Row({8, 32})
  void duplicateAndEmptyNamesAreHarmless() {
    client.offer(endpointSet("a"));
    client.subscribe(ENDPOINT, "a", "", "a");
    assertThat(client.sent()).containsExactly("EDS a");
  }

  @Test
  @Row({53, 54})
  void superfluousUnsubscribeIsIgnored() {
    client.offer(endpointSet("a"));
    client.subscribe(ENDPOINT, "a");
    client.drain();
    client.unsubscribe(ENDPOINT, "never asked for", "a");
    assertThat(client.sent()).isEmpty();
    client.offer(endpointSet("a").with(ENDPOINT, endpoints("a", 2)));
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row(55)
  void nameDroppedUnderAWildcardIsAnswered() {
    client.offer(clusters("a"));
    client.subscribe(CLUSTER, "*", "a", "absent");
    assertThat(client.sent()).containsExactly("CDS a -absent");
    client.unsubscribe(CLUSTER, "a", "absent");
    assertThat(client.sent()).containsExactly("CDS a -absent");
  }

  @Test
  @Row({56, 57})
  void legacyWildcardStaysWhenANameIsAdded() {
    client.offer(clusters("a", "b"));
    client.subscribe(CLUSTER);
    assertThat(client.sent()).containsExactly("CDS a b");
    client.subscribe(CLUSTER, "a");
    assertThat(client.sent()).containsExactly("CDS a");
    client.offer(clusters("a", "b", "c"));
    assertThat(client.sent()).containsExactly("CDS c");
  }

  @Test
  @Row(57)
  void unsubscribedWildcardLeavesTheNames() {
    client.offer(clusters("a", "b"));
    client.subscribe(CLUSTER, "*", "a");
    client.drain();
    client.unsubscribe(CLUSTER, "*");
    assertThat(client.sent()).isEmpty();
    client.offer(clusters("c").with(CLUSTER, cluster("a", 2)).with(CLUSTER, cluster("b", 2)));
    assertThat(client.sent()).containsExactly("CDS a");
  }

  @Test
  @Row(59)
  void wildcardInBothListsIsNone() {
    client.offer(clusters("a"));
    client.session.request(
        new DeltaRequest(CLUSTER, List.of("*"), List.of("*"), Map.of(), "", Optional.empty()),
        client.now());
    assertThat(client.sent()).isEmpty();
    client.subscribe(CLUSTER, "a");
    assertThat(client.sent()).containsExactly("CDS a");
  }

  @Test
  @Row(46)
  void emptyFirstRequestForEndpointsIsNoWildcard() {
    client.offer(endpointSet("a"));
    client.subscribe(ENDPOINT);
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row(46)
  void proxylessGrpcHasNoLegacyWildcard() {
    SessionFixture grpc = new SessionFixture(ClientTraits.GRPC);
    grpc.offer(clusters("a"));
    grpc.subscribe(CLUSTER);
    assertThat(grpc.sent()).isEmpty();
  }

  @Test
  @Row(49)
  void firstWildcardOfAnEmptyMeshIsAnswered() {
    client.offer(ResourceSet.empty());
    client.subscribe(CLUSTER);
    client.subscribe(LISTENER);
    assertThat(client.sent()).containsExactly("CDS", "LDS");
  }

  @Test
  void virtualHostsWithoutANameAreAnsweredEmpty() { // envoy: the listener waits for it
    client.offer(ResourceSet.empty());
    client.subscribe(VIRTUAL_HOST);
    assertThat(client.sent()).containsExactly("VHDS");
  }

  @Test
  @Row(98)
  void virtualHostsAreSentAgainAfterTheirRoutes() {
    ResourceSet hosts =
        ResourceSet.empty()
            .with(VIRTUAL_HOST, route("r/one", 1))
            .with(VIRTUAL_HOST, route("r/two", 1))
            .with(VIRTUAL_HOST, route("rr/one", 1));
    client.offer(hosts.with(ROUTE, route("r", 1)));
    client.subscribe(ROUTE, "r");
    client.subscribe(VIRTUAL_HOST, "r/one", "r/two", "rr/one");
    client.drain();
    client.offer(hosts.with(ROUTE, route("r", 2)));
    assertThat(client.sent()).containsExactly("RDS r", "VHDS r/one r/two");
  }

  @Test
  @Row({47, 63})
  void missingNameIsToldOnceAndSentWhenItComes() {
    client.offer(ResourceSet.empty());
    client.subscribe(ENDPOINT, "a");
    assertThat(client.sent()).containsExactly("EDS -a");
    client.offer(clusters("unrelated"));
    assertThat(client.sent()).isEmpty();
    client.offer(endpointSet("a"));
    assertThat(client.sent()).containsExactly("EDS a");
  }

  @Test
  @Row({62, 64})
  void removedResourceIsToldAndComesBack() {
    client.offer(endpointSet("a", "b"));
    client.subscribe(ENDPOINT, "a", "b");
    client.drain();
    client.offer(endpointSet("b"));
    assertThat(client.sent()).containsExactly("EDS -a");
    client.offer(endpointSet("a", "b"));
    assertThat(client.sent()).containsExactly("EDS a");
  }

  @Test
  void missingNameMayHaveAnAnswer() { // an empty RouteConfiguration
    ResourceSet answering = ResourceSet.empty().answering(ROUTE, name -> route(name, 0));
    client.offer(answering);
    client.subscribe(ROUTE, "r");
    assertThat(client.sent()).containsExactly("RDS r");
    client.offer(answering.with(ROUTE, route("r", 1)));
    assertThat(client.sent()).containsExactly("RDS r");
    client.offer(answering);
    assertThat(client.sent()).containsExactly("RDS r");
    client.offer(answering.with(CLUSTER, cluster("unrelated", 1)));
    assertThat(client.sent()).isEmpty();
  }

  @Test
  void anotherAnswerToMissingNamesIsNoticed() {
    client.offer(ResourceSet.empty());
    client.subscribe(ROUTE, "r");
    client.drain();
    client.offer(ResourceSet.empty().answering(ROUTE, name -> route(name, 0)));
    assertThat(client.sent()).containsExactly("RDS r");
  }

  @Test
  @Row(88)
  void reconnectBringsOnlyWhatDiffers() {
    VersionedResource same = cluster("same", 1);
    client.offer(clusters("same", "new").with(CLUSTER, cluster("changed", 2)));
    client.resume(
        CLUSTER,
        Map.of("same", same.version(), "changed", cluster("changed", 1).version(), "gone", "1"));
    assertThat(client.sent()).containsExactly("CDS changed new -gone");
  }

  @Test
  @Row(88)
  void reconnectWithoutChangeSendsNothing() {
    client.offer(clusters("a").with(ENDPOINT, endpoints("a", 1)).with(ROUTE, route("r", 1)));
    client.resume(CLUSTER, Map.of("a", cluster("a", 1).version()));
    client.resume(ENDPOINT, Map.of("a", endpoints("a", 1).version()), "a");
    client.resume(ROUTE, Map.of("r", route("r", 1).version()), "r");
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row(87)
  void versionsOfALaterRequestDoNotCount() {
    client.offer(endpointSet("a", "b"));
    client.subscribe(ENDPOINT, "a");
    client.drain();
    client.resume(ENDPOINT, Map.of("b", endpoints("b", 1).version()), "b");
    assertThat(client.sent()).containsExactly("EDS b");
  }

  @Test
  @Row(88)
  void keptNameThatIsNotWantedIsToldToBeGoneIfItIs() {
    client.offer(endpointSet("kept"));
    client.resume(ENDPOINT, Map.of("gone", "1", "kept", "1"), "a");
    assertThat(client.sent()).containsExactly("EDS -a -gone");
  }

  @Test
  void largeResponseIsSplit() {
    int size = endpoints("a", 1).body().getSerializedSize();
    SessionFixture small = new SessionFixture(ClientTraits.OTHER, 2 * size + 2);
    small.offer(endpointSet("a", "b", "c"));
    small.subscribe(ENDPOINT, "a", "b", "c");
    assertThat(small.sent()).containsExactly("EDS a b", "EDS c");
  }

  @Test
  void resourceLargerThanTheLimitIsSentAlone() {
    SessionFixture small = new SessionFixture(ClientTraits.OTHER, 1);
    small.offer(endpointSet("a", "b"));
    small.subscribe(ENDPOINT, "a", "b");
    assertThat(small.sent()).containsExactly("EDS a", "EDS b");
  }

  @Test
  @Row(164)
  void newestStateAloneIsSentToAClientThatDidNotRead() {
    client.subscribe(CLUSTER);
    for (int revision = 1; revision <= 100; revision++) {
      client.offer(ResourceSet.empty().with(CLUSTER, cluster("a", revision)));
    }
    List<Outgoing> sent = client.drain();
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).resources()).containsExactly(cluster("a", 100));
  }
}
