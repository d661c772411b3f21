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
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.Row;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import org.junit.jupiter.api.Test;

/** Rows are those of the conformance checklist in the xDS protocol's documentation order. */
class SotwSessionTest {

  private final SessionFixture client = new SessionFixture(ClientTraits.OTHER);

  @Test
  @Row(65)
  void nothingIsAnsweredBeforeResourcesAreKnown() {
    client.sotw(CLUSTER, "", "");
    client.sotw(LISTENER, "", "");
    assertThat(client.sent()).isEmpty();
    client.offer(clusters("a"));
    assertThat(client.sent()).containsExactly("CDS a", "LDS");
  }

  @Test
  @Row(11)
  void unknownTypeLeavesTheOthersAlive() {
    client.offer(clusters("a"));
    client.sotw(new XdsType("unknown"), "", "");
    client.sotw(CLUSTER, "", "");
    assertThat(client.sent()).containsExactly("CDS a");
  }

  @Test
  @Row(14)
  void nonceOfAnEarlierStreamIsAFirstRequest() {
    client.offer(clusters("a"));
    client.sotw(CLUSTER, "old", "17");
    assertThat(client.sent()).containsExactly("CDS a");
  }

  @Test
  @Row({15, 16})
  void versionIsOfTheContent() {
    client.offer(clusters("a").with(ROUTE, route("r", 1)));
    client.sotw(CLUSTER, "", "");
    client.sotw(ROUTE, "", "", "r");
    String before = client.drain().get(0).version();
    SessionFixture restarted = new SessionFixture(ClientTraits.OTHER);
    restarted.offer(clusters("a"));
    restarted.sotw(CLUSTER, "", "");
    assertThat(restarted.drain().get(0).version()).isEqualTo(before);
    client.offer(clusters("a").with(CLUSTER, cluster("a", 2)).with(ROUTE, route("r", 1)));
    Outgoing changed = client.drain().get(0);
    assertThat(changed.version()).isNotEqualTo(before);
    assertThat(client.sent()).isEmpty(); // no RDS
  }

  @Test
  @Row({18, 19, 20})
  void rejectionIsToldByItsErrorAlone() {
    client.offer(clusters("a"));
    client.sotw(CLUSTER, "", "");
    Outgoing sent = client.drain().get(0);
    assertThat(client.sotwNack(CLUSTER, sent.version(), sent.nonce()).verdict())
        .isEqualTo(Receipt.Verdict.REJECTED);
    assertThat(client.sent()).isEmpty();
    client.offer(ResourceSet.empty().with(CLUSTER, cluster("a", 2)));
    Outgoing fixed = client.drain().get(0);
    assertThat(client.sotw(CLUSTER, "odd", fixed.nonce()).verdict())
        .isEqualTo(Receipt.Verdict.ACKNOWLEDGED); // row 21
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row(22)
  void rejectionMayCarryNewNames() {
    client.offer(endpointSet("a", "b"));
    client.sotw(ENDPOINT, "", "", "a");
    client.sotwNack(ENDPOINT, "", client.drain().get(0).nonce(), "a", "b");
    assertThat(client.sent()).containsExactly("EDS b");
  }

  @Test
  @Row(25)
  void staleRequestIsNotAnswered() {
    client.offer(clusters("a"));
    client.sotw(CLUSTER, "", "");
    Outgoing first = client.drain().get(0);
    client.offer(clusters("a", "b"));
    client.drain();
    assertThat(client.sotw(CLUSTER, first.version(), first.nonce()).verdict())
        .isEqualTo(Receipt.Verdict.ACKNOWLEDGED);
    assertThat(client.sent()).isEmpty();
    assertThat(client.session.state().get(0).acknowledged()).isFalse();
  }

  @Test
  @Row(26)
  void namesOfAStaleRequestCount() {
    client.offer(endpointSet("a", "b"));
    client.sotw(ENDPOINT, "", "", "a");
    String first = client.drain().get(0).nonce();
    client.offer(endpointSet("b").with(ENDPOINT, endpoints("a", 2)));
    client.drain();
    client.sotw(ENDPOINT, "", first, "a", "b");
    assertThat(client.sent()).containsExactly("EDS b");
  }

  @Test
  @Row(30)
  void equalResourcesAreNotSentAgain() {
    client.offer(clusters("a"));
    client.sotw(CLUSTER, "", "");
    client.drain();
    client.offer(clusters("a"));
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row(36)
  void absentNameIsUnsubscribed() {
    client.offer(endpointSet("a", "b"));
    client.sotw(ENDPOINT, "", "", "a", "b");
    Outgoing sent = client.drain().get(0);
    client.sotw(ENDPOINT, sent.version(), sent.nonce(), "a");
    client.offer(endpointSet("a").with(ENDPOINT, endpoints("b", 2)));
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row(38)
  void nameThatComesBackIsAnsweredUnchanged() {
    client.offer(endpointSet("a"));
    client.sotw(ENDPOINT, "", "", "a");
    Outgoing sent = client.drain().get(0);
    client.sotw(ENDPOINT, sent.version(), sent.nonce());
    assertThat(client.sent()).isEmpty();
    client.sotw(ENDPOINT, "", sent.nonce(), "a");
    assertThat(client.sent()).containsExactly("EDS a");
  }

  @Test
  @Row(39)
  void clustersComeAllAtOnce() {
    client.offer(clusters("a", "b", "c"));
    client.sotw(CLUSTER, "", "");
    client.drain();
    client.offer(clusters("a", "b", "c").with(CLUSTER, cluster("b", 2)));
    assertThat(client.sent()).containsExactly("CDS a b c");
  }

  @Test
  @Row(40)
  void endpointsComeOneByOne() {
    client.offer(endpointSet("a", "b", "c"));
    client.sotw(ENDPOINT, "", "", "a", "b", "c");
    client.drain();
    client.offer(endpointSet("a", "b", "c").with(ENDPOINT, endpoints("b", 2)));
    assertThat(client.sent()).containsExactly("EDS b");
  }

  @Test
  @Row(42)
  void starIsAWildcardThatTakesNames() {
    client.offer(clusters("a", "b"));
    client.sotw(CLUSTER, "", "", "*");
    Outgoing sent = client.drain().get(0);
    assertThat(SessionFixture.text(sent)).isEqualTo("CDS a b");
    client.sotw(CLUSTER, sent.version(), sent.nonce(), "*", "a");
    assertThat(client.sent()).containsExactly("CDS a b");
  }

  @Test
  @Row({41, 43, 44})
  void nameAfterTheWildcardEndsIt() {
    client.offer(clusters("a", "b"));
    client.sotw(CLUSTER, "", "");
    Outgoing all = client.drain().get(0);
    client.sotw(CLUSTER, all.version(), all.nonce(), "a");
    Outgoing one = client.drain().get(0);
    assertThat(SessionFixture.text(one)).isEqualTo("CDS a");
    client.sotw(CLUSTER, one.version(), one.nonce());
    client.offer(clusters("a", "b", "c"));
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row(46)
  void emptyListOfEndpointsIsNothing() {
    client.offer(endpointSet("a"));
    client.sotw(ENDPOINT, "", "");
    assertThat(client.sent()).isEmpty();
  }

  @Test
  @Row({47, 48})
  void missingNameIsRememberedAndTheKnownOnesAnswered() {
    client.offer(endpointSet("a"));
    client.sotw(ENDPOINT, "", "", "a", "b");
    assertThat(client.sent()).containsExactly("EDS a");
    client.offer(endpointSet("a", "b"));
    assertThat(client.sent()).containsExactly("EDS b");
  }

  @Test
  @Row({48, 65})
  void missingClusterIsAnsweredByItsAbsence() {
    client.offer(clusters("a"));
    client.sotw(CLUSTER, "", "", "b");
    assertThat(client.sent()).containsExactly("CDS");
  }

  @Test
  @Row(66)
  void removalOfEndpointsHasNoMessage() {
    client.offer(endpointSet("a", "b"));
    client.sotw(ENDPOINT, "", "", "a", "b");
    client.drain();
    client.offer(endpointSet("b"));
    assertThat(client.sent()).isEmpty();
    client.offer(endpointSet("a", "b"));
    assertThat(client.sent()).containsExactly("EDS a");
  }

  @Test
  @Row(65)
  void removalOfTheLastClusterIsAnEmptyResponse() {
    client.offer(clusters("a"));
    client.sotw(CLUSTER, "", "");
    client.drain();
    client.offer(ResourceSet.empty());
    assertThat(client.sent()).containsExactly("CDS");
  }

  @Test
  @Row({85, 86})
  void reconnectWithTheCurrentVersionIsNotAnswered() {
    client.offer(clusters("a"));
    client.sotw(CLUSTER, "", "");
    String version = client.drain().get(0).version();
    SessionFixture again = new SessionFixture(ClientTraits.OTHER);
    again.offer(clusters("a"));
    again.sotw(CLUSTER, version, "");
    assertThat(again.sent()).isEmpty();
    again.offer(clusters("a", "b"));
    assertThat(again.sent()).containsExactly("CDS a b");
  }

  @Test
  @Row(85)
  void reconnectWithAnotherVersionIsAnswered() {
    client.offer(clusters("a"));
    client.sotw(CLUSTER, "of another content", "");
    assertThat(client.sent()).containsExactly("CDS a");
  }

  @Test
  @Row(86)
  void reconnectWithNamesIsAnsweredWhateverTheVersion() {
    client.offer(endpointSet("a"));
    client.sotw(ENDPOINT, "", "", "a");
    String version = client.drain().get(0).version();
    SessionFixture again = new SessionFixture(ClientTraits.OTHER);
    again.offer(endpointSet("a"));
    again.sotw(ENDPOINT, version, "", "a");
    assertThat(again.sent()).containsExactly("EDS a");
  }

  @Test
  void endpointsAreSplitWhereTheyGrowTooLarge() {
    int size = endpoints("a", 1).body().getSerializedSize();
    SessionFixture small = new SessionFixture(ClientTraits.OTHER, 2 * size + 2);
    small.offer(endpointSet("a", "b", "c"));
    small.sotw(ENDPOINT, "", "", "a", "b", "c");
    assertThat(small.sent()).containsExactly("EDS a b", "EDS c");
  }

  @Test
  void requestOfTheOtherVariantIsADefectOfTheCaller() {
    client.sotw(CLUSTER, "", "");
    assertThatThrownBy(() -> client.subscribe(CLUSTER, "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DeltaRequest");
  }
}
