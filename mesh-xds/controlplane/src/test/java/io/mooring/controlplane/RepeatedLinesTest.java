package io.mooring.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {

  private final FakeClock clock = new FakeClock();
  private final RepeatedLines lines = new RepeatedLines(clock);

  @Test
  void equalLineIsLetThroughOnceAMinuteWithTheNumberOfTheOthers() {
    assertThat(lines.leftOutBefore("a")).hasValue(0);
    assertThat(lines.leftOutBefore("a")).isEmpty();
    assertThat(lines.leftOutBefore("b")).hasValue(0);
    clock.advance(Duration.ofSeconds(59));
    assertThat(lines.leftOutBefore("a")).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(lines.leftOutBefore("a")).hasValue(2);
    assertThat(lines.leftOutBefore("a")).isEmpty();
    clock.advance(Duration.ofMinutes(1));
    assertThat(lines.leftOutBefore("a")).hasValue(1);
  }

  @Test
  void memoryIsBoundedAndFavoursTheBusiest() {
    for (int i = 0; i < 5_000; i++) {
      assertThat(lines.leftOutBefore("line " + i)).hasValue(0);
      lines.leftOutBefore("busy");
    }
    assertThat(lines.leftOutBefore("busy")).isEmpty();
    assertThat(lines.leftOutBefore("line 0")).hasValue(0); // forgotten
  }
}
