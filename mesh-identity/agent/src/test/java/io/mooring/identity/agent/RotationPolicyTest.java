package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RotationPolicyTest {

  private static final Instant RECEIVED = Instant.parse("2026-01-01T00:00:00Z");
  private final RotationPolicy policy = RotationPolicy.DEFAULT;

  @Test
  void impossibleValuesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RotationPolicy(0.3, Duration.ofSeconds(1), Duration.ofSeconds(2)))
        .withMessageContaining("0.3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RotationPolicy(Double.NaN, Duration.ofSeconds(1), Duration.ofDays(1)))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RotationPolicy(0, Duration.ZERO, Duration.ofSeconds(2)))
        .withMessageContaining("PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RotationPolicy(0, Duration.ofSeconds(3), Duration.ofSeconds(2)))
        .withMessageContaining("PT3S");
  }

  @Test
  void withoutJitterRenewalIsAtHalfOfTheLifetime() {
    RotationPolicy exact = new RotationPolicy(0, Duration.ofSeconds(1), Duration.ofSeconds(15));

    assertThat(exact.renewAt(RECEIVED, RECEIVED.plusSeconds(86_400), new Random(1)))
        .isEqualTo(RECEIVED.plusSeconds(43_200));
  }

  @Property
  void renewalLiesWithinTheJitterAndNotBelowTheFloor(
      @ForAll @LongRange(min = 0, max = 1_000_000) long seconds, @ForAll long seed) {
    Instant expiry = RECEIVED.plusSeconds(seconds);

    Duration delay = Duration.between(RECEIVED, policy.renewAt(RECEIVED, expiry, new Random(seed)));

    assertThat(delay).isGreaterThanOrEqualTo(policy.floor());
    if (seconds >= 3) {
      assertThat(delay.toMillis()).isBetween(seconds * 400 - 1, seconds * 600);
    }
  }

  @Property
  void retryWaitsBetweenTheFloorAndTheLongestBackOff(
      @ForAll @IntRange(min = 1) int failures, @ForAll long seed) {
    Duration wait =
        policy.retryAfter(failures, RECEIVED, RECEIVED.plusSeconds(86_400), new Random(seed));

    assertThat(wait).isBetween(policy.floor(), policy.maxBackOff());
  }

  @Test
  void retriesGrowAndThenStayLong() {
    Random random = new Random(7);
    Instant expiry = RECEIVED.plusSeconds(86_400);

    assertThat(policy.retryAfter(1, RECEIVED, expiry, random)).isEqualTo(Duration.ofSeconds(1));
    assertThat(policy.retryAfter(4, RECEIVED, expiry, random))
        .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
    assertThat(policy.retryAfter(30, RECEIVED, expiry, random))
        .isGreaterThanOrEqualTo(Duration.ofMillis(7_500));
  }

  @Test
  void shortRemainderShortensTheWait() {
    assertThat(policy.retryAfter(10, RECEIVED, RECEIVED.plusSeconds(8), new Random(1)))
        .isLessThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void expiredSvidIsStillTriedWithinTheLongestBackOff() {
    assertThat(policy.retryAfter(10, RECEIVED, RECEIVED.minusSeconds(1_000), new Random(1)))
        .isBetween(Duration.ofMillis(7_500), policy.maxBackOff());
  }

  @Test
  void warningComesAtFourFifths() {
    assertThat(policy.warnAt(RECEIVED, RECEIVED.plusSeconds(100)))
        .isEqualTo(RECEIVED.plusSeconds(80));
  }
}
