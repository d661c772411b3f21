package io.mooring.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.attest.RefusedException;
import io.mooring.testkit.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestGateTest {

  private final FakeClock clock = new FakeClock();

  private RequestGate gate(double perCaller, int burst, int overall) {
    return new RequestGate(
        new RequestLimits(
            new RequestLimits.Rate(perCaller, burst), new RequestLimits.Rate(1, overall), 4),
        clock);
  }

  private static int passed(RequestGate gate, String peer, int tries) {
    int passed = 0;
    for (int i = 0; i < tries; i++) {
      try {
        gate.pass(peer, () -> "in");
        passed++;
      } catch (RefusedException e) {
        assertThat(e.reason()).hasToString("rate-limited");
      }
    }
    return passed;
  }

  @Test
  void burstPassesAndThenTheRate() {
    RequestGate gate = gate(2, 5, 1_000);
    assertThat(passed(gate, "10.0.0.1", 20)).isEqualTo(5);
    clock.advance(Duration.ofMillis(499));
    assertThat(passed(gate, "10.0.0.1", 20)).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(passed(gate, "10.0.0.1", 20)).isEqualTo(1);
    clock.advance(Duration.ofDays(9));
    assertThat(passed(gate, "10.0.0.1", 20)).isEqualTo(5);
  }

  @Test
  void callersDoNotTouchEachOtherUntilAllIsUsedUp() {
    RequestGate gate = gate(1, 5, 8);
    assertThat(passed(gate, "10.0.0.1", 20)).isEqualTo(5);
    assertThat(passed(gate, "10.0.0.2", 20)).isEqualTo(3);
    assertThat(passed(gate, "10.0.0.3", 20)).isZero();
  }

  @Test
  void networkOfIpv6IsOneCaller() {
    RequestGate gate = gate(1, 5, 1_000);
    assertThat(passed(gate, "2001:db8::1", 3)).isEqualTo(3);
    assertThat(passed(gate, "2001:db8:0:0:ffff::2", 3)).isEqualTo(2);
    assertThat(passed(gate, "2001:db8:0:1::1", 3)).isEqualTo(3);
  }

  @Test
  void clockThatIsSetBackLocksNobodyOut() {
    RequestGate gate = gate(1, 5, 1_000);
    assertThat(passed(gate, "p", 9)).isEqualTo(5);
    clock.advance(Duration.ofHours(-1));
    assertThat(passed(gate, "p", 9)).isZero();
    clock.advance(Duration.ofSeconds(2));
    assertThat(passed(gate, "p", 9)).isEqualTo(2);
  }

  @Test
  void memoryIsBoundAndStrangersShareWhatIsLeft() {
    RequestGate gate = gate(1, 2, 1_000_000);
    for (int i = 0; i < 2 * RequestGate.MAX_CALLERS; i++) {
      passed(gate, "caller-" + i, 1);
    }
    assertThat(gate.callers()).isLessThanOrEqualTo(RequestGate.MAX_CALLERS + 1);
    assertThat(passed(gate, "newcomer", 5)).isZero();
    clock.advance(Duration.ofSeconds(5)); // every bucket is full again, and so forgotten
    assertThat(passed(gate, "newcomer", 5)).isEqualTo(2);
    assertThat(gate.callers()).isLessThan(10);
  }

  @Test
  void workThatFailsLeavesItsPlace() {
    RequestGate gate = gate(100, 100, 100);
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(
              () ->
                  gate.pass(
                      "p",
                      () -> {
                        throw new IllegalStateException("failed");
                      }))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(passed(gate, "p", 1)).isEqualTo(1);
  }
}
