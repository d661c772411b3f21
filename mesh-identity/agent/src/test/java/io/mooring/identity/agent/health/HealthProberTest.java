package io.mooring.identity.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthProberTest {

  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final List<Duration> probes = new ArrayList<>();
  private final List<Health> told = new ArrayList<>();
  private final Instant start = clock.instant();
  private Duration takes = Duration.ZERO;
  private Duration takesOnce = Duration.ZERO;
  private @Nullable Exception failure;
  private boolean envoyReady = true;
  private HealthProber prober;

  @BeforeEach
  void start() {
    prober =
        new HealthProber(
            new HealthPlan(this::probe, Duration.ofSeconds(5), PERIOD, Duration.ofSeconds(1), 1, 3),
            () -> envoyReady,
            clock,
            executor,
            told::add);
    prober.start();
  }

  @AfterEach
  void stop() {
    prober.close();
  }

  @Test
  void firstProbeComesAfterTheInitialDelayThenOneEachPeriod() {
    executor.advance(Duration.ofSeconds(36));
    assertThat(probes)
        .containsExactly(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(25),
            Duration.ofSeconds(35));
    assertThat(told).containsExactly(Health.GOOD);
  }

  @Test
  void periodCountsFromTheBeginningOfAProbe() {
    takes = Duration.ofSeconds(4);
    executor.advance(Duration.ofSeconds(40));
    assertThat(probes)
        .startsWith(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(25));
  }

  @Test
  void probesThatWereMissedAreNotMadeUpFor() {
    takesOnce = Duration.ofSeconds(25);
    executor.advance(Duration.ofSeconds(5));
    executor.advance(Duration.ofSeconds(36)); // the clock was set back to 5 s
    assertThat(probes)
        .containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(40));
    assertThat(executor.pending()).isEqualTo(1);
  }

  @Test
  void failuresCountToTheThresholdAndOneSuccessHeals() {
    executor.advance(Duration.ofSeconds(5));
    failure = new IOException("refused");
    executor.advance(PERIOD.multipliedBy(2));
    assertThat(told).containsExactly(Health.GOOD);

    executor.advance(PERIOD);
    assertThat(told).containsExactly(Health.GOOD, Health.bad("refused"));

    failure = null;
    executor.advance(PERIOD);
    assertThat(told).last().isEqualTo(Health.GOOD);
  }

  @Test
  void defectInAProbeIsAFailureNotTheEnd() {
    failure = new IllegalStateException("defect");
    executor.advance(PERIOD.multipliedBy(3));
    assertThat(told).containsExactly(Health.bad("defect"));
    failure = null;
    executor.advance(PERIOD);
    assertThat(told).hasSize(2);
  }

  @Test
  void withoutEnvoyTheWorkloadIsNotAskedAndUnhealthy() {
    envoyReady = false;
    executor.advance(PERIOD.multipliedBy(3));
    assertThat(told).containsExactly(Health.bad("Envoy is not ready"));
    assertThat(probes).isEmpty();
  }

  @Test
  void closedProberDoesNothingMore() {
    executor.advance(PERIOD);
    prober.close();
    prober.close();
    failure = new IOException("refused");
    executor.advance(PERIOD.multipliedBy(10));
    assertThat(told).containsExactly(Health.GOOD);
    assertThat(probes).hasSize(1);
  }

  private void probe(Duration timeout) throws IOException {
    assertThat(timeout).isEqualTo(Duration.ofSeconds(1));
    probes.add(Duration.between(start, clock.instant()));
    clock.advance(takes.plus(takesOnce));
    takesOnce = Duration.ZERO;
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
  }
}
