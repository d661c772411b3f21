package io.mooring.xds.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.FakeClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private final FakeClock clock = new FakeClock();
  private final AtomicInteger starting = new AtomicInteger();

  private Admission admission(int streams, int perSecond, int waiting) {
    return new Admission(
        XdsLimits.builder()
            .maxStreams(streams)
            .maxStreamsPerSecond(perSecond)
            .maxStartingStreams(waiting)
            .build(),
        clock,
        starting::get);
  }

  private static Optional<Status.Code> enter(Admission admission) {
    return admission.enter(PeerIdentity.ANONYMOUS).map(Status::getCode);
  }

  @Test
  void oneSecondsWorthMayComeAtOnceAndThenOnlyTheRate() {
    Admission admission = admission(1000, 10, 1000);
    for (int i = 0; i < 10; i++) {
      assertThat(enter(admission)).isEmpty();
    }
    assertThat(enter(admission)).contains(Status.Code.RESOURCE_EXHAUSTED);
    clock.advance(Duration.ofMillis(99));
    assertThat(enter(admission)).isPresent();
    clock.advance(Duration.ofMillis(1));
    assertThat(enter(admission)).isEmpty();
    assertThat(enter(admission)).isPresent();
    clock.advance(Duration.ofHours(1));
    for (int i = 0; i < 10; i++) {
      assertThat(enter(admission)).isEmpty();
    }
    assertThat(enter(admission)).isPresent();
  }

  @Test
  void refusedStreamsTakeNoPlace() {
    Admission admission = admission(2, 1000, 1000);
    assertThat(enter(admission)).isEmpty();
    assertThat(enter(admission)).isEmpty();
    for (int i = 0; i < 5; i++) {
      assertThat(enter(admission)).contains(Status.Code.RESOURCE_EXHAUSTED);
    }
    admission.leave(PeerIdentity.ANONYMOUS);
    assertThat(enter(admission)).isEmpty();
  }

  @Test
  void nobodyComesInWhileTooManyWaitForTheirFirstAnswer() {
    Admission admission = admission(1000, 1000, 3);
    starting.set(3);
    assertThat(admission.enter(PeerIdentity.ANONYMOUS))
        .hasValueSatisfying(
            status -> {
              assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
              assertThat(status.getDescription()).contains("3");
            });
    starting.set(2);
    assertThat(enter(admission)).isEmpty();
  }

  @Test
  void peerThatHasItsShareLeavesTheRestToOthers() throws UnknownHostException {
    Admission admission =
        new Admission(
            XdsLimits.builder().maxStreams(5).maxStreamsPerPeer(2).build(), clock, () -> 0);
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
    PeerIdentity known = peer("spiffe://mesh.test/greedy");
    PeerIdentity sameElsewhere =
        new PeerIdentity(known.spiffeId(), known.notAfter(), from(address));
    PeerIdentity unknown =
        new PeerIdentity(
            Optional.empty(), Optional.empty(), from(InetAddress.getLoopbackAddress()));
    assertThat(admission.enter(known)).isEmpty();
    assertThat(admission.enter(sameElsewhere)).isEmpty();
    assertThat(admission.enter(known)).hasValueSatisfying(AdmissionTest::assertTooManyOfOnePeer);
    assertThat(admission.enter(unknown)).isEmpty();
    assertThat(admission.enter(unknown)).isEmpty();
    assertThat(admission.enter(unknown)).hasValueSatisfying(AdmissionTest::assertTooManyOfOnePeer);
    assertThat(admission.enter(peer("spiffe://mesh.test/other"))).isEmpty();
    admission.leave(peer("spiffe://mesh.test/other"));
    admission.leave(sameElsewhere);
    assertThat(admission.enter(known)).isEmpty();
    assertThat(admission.enter(known)).isPresent();
  }

  @Test
  void peersOfWhichNothingIsKnownShareNoLimit() {
    Admission admission =
        new Admission(
            XdsLimits.builder().maxStreams(5).maxStreamsPerPeer(1).build(), clock, () -> 0);
    for (int i = 0; i < 5; i++) {
      assertThat(enter(admission)).isEmpty();
    }
    assertThat(enter(admission)).isPresent();
  }

  private static PeerIdentity peer(String id) {
    return PeerIdentity.of(SpiffeId.parse(id), Instant.MAX);
  }

  private static Optional<InetAddress> from(InetAddress address) {
    return Optional.of(address);
  }

  private static void assertTooManyOfOnePeer(Status status) {
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription()).isEqualTo("streams of one peer: 3 (expected: <= 2)");
  }

  @Test
  void limitsThatLetNothingThroughAreRefused() {
    assertThatThrownBy(() -> XdsLimits.builder().maxStreamsPerSecond(0).build())
        .hasMessageContaining("maxStreamsPerSecond: 0");
    assertThatThrownBy(() -> XdsLimits.builder().maxStreamsPerPeer(0).build())
        .hasMessageContaining("maxStreamsPerPeer: 0");
    assertThatThrownBy(() -> XdsLimits.builder().firstRequestTimeout(Duration.ZERO).build())
        .hasMessageContaining("firstRequestTimeout");
    assertThatThrownBy(() -> XdsLimits.builder().keepAliveTime(Duration.ZERO).build())
        .hasMessageContaining("keepAliveTime");
  }
}
