package io.mooring.xds.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.mooring.testkit.FakeClock;
import java.time.Duration;
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
    return admission.enter().map(Status::getCode);
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
    admission.leave();
    assertThat(enter(admission)).isEmpty();
  }

  @Test
  void nobodyComesInWhileTooManyWaitForTheirFirstAnswer() {
    Admission admission = admission(1000, 1000, 3);
    starting.set(3);
    assertThat(admission.enter())
        .hasValueSatisfying(
            status -> {
              assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
              assertThat(status.getDescription()).contains("3");
            });
    starting.set(2);
    assertThat(enter(admission)).isEmpty();
  }

  @Test
  void limitsThatLetNothingThroughAreRefused() {
    assertThatThrownBy(() -> XdsLimits.builder().maxStreamsPerSecond(0).build())
        .hasMessageContaining("maxStreamsPerSecond: 0");
    assertThatThrownBy(() -> XdsLimits.builder().keepAliveTime(Duration.ZERO).build())
        .hasMessageContaining("keepAliveTime");
  }
}
