package io.mooring.xds.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DebouncerTest {

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor timer = new ManualExecutor(clock);
  private final List<String> passed = new ArrayList<>();

  private Debouncer<String> debouncer(long quietMillis, long maxMillis) {
    return new Debouncer<>(
        Duration.ofMillis(quietMillis),
        Duration.ofMillis(maxMillis),
        clock,
        timer,
        String::concat,
        passed::add);
  }

  @Test
  void changePassesAfterQuietTime() {
    Debouncer<String> debouncer = debouncer(100, 1_000);
    debouncer.add("a");
    timer.advance(Duration.ofMillis(99));
    assertThat(passed).isEmpty();
    timer.advance(Duration.ofMillis(1));
    assertThat(passed).containsExactly("a");
    assertThat(timer.pending()).isZero();
  }

  @Test
  void quickSuccessionIsMergedInOrder() {
    Debouncer<String> debouncer = debouncer(100, 1_000);
    debouncer.add("a");
    timer.advance(Duration.ofMillis(60));
    debouncer.add("b");
    timer.advance(Duration.ofMillis(60));
    assertThat(passed).isEmpty();
    timer.advance(Duration.ofMillis(40));
    assertThat(passed).containsExactly("ab");
  }

  @Test
  void unrestEndsAtTheMaximum() {
    Debouncer<String> debouncer = debouncer(100, 250);
    for (int i = 0; i < 5; i++) {
      debouncer.add("a");
      timer.advance(Duration.ofMillis(50));
    }
    assertThat(passed).containsExactly("aaaaa");
    debouncer.add("b");
    timer.advance(Duration.ofMillis(100));
    assertThat(passed).containsExactly("aaaaa", "b");
  }

  @Test
  void noQuietTimeMeansAtOnce() {
    Debouncer<String> debouncer = debouncer(0, 0);
    debouncer.add("a");
    debouncer.add("b");
    assertThat(passed).containsExactly("a", "b");
    assertThat(timer.pending()).isZero();
  }
}
