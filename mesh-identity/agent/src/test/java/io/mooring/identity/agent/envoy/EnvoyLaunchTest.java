package io.mooring.identity.agent.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvoyLaunchTest {

  @Test
  void negativeDrainTimeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> launch(Duration.ofSeconds(-1)))
        .withMessageContaining("PT-1S");
  }

  @Test
  void drainTimeReachesEnvoyInWholeSecondsAndNeverAsZero() {
    assertThat(launch(Duration.ofMillis(1_200)).command()).containsSequence("--drain-time-s", "2");
    assertThat(launch(Duration.ZERO).command()).containsSequence("--drain-time-s", "1");
  }

  @Test
  void logLevelIsGivenOnceSinceEnvoyRefusesAnOptionTwice() {
    assertThat(launch(Duration.ZERO).command()).containsSequence("--log-level", "warning");
    assertThat(launch(Duration.ZERO, "--log-level", "error").command())
        .containsOnlyOnce("--log-level")
        .endsWith("--log-level", "error");
    assertThat(launch(Duration.ZERO, "-l", "debug").command()).doesNotContain("--log-level");
  }

  private static EnvoyLaunch launch(Duration drainTime, String... arguments) {
    return new EnvoyLaunch(
        Path.of("envoy"), Path.of("c.json"), Path.of("state"), drainTime, List.of(arguments));
  }
}
