package io.mooring.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManualExecutorTest {

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final List<String> ran = new ArrayList<>();

  @Test
  void nothingRunsUntilTheTestSaysSo() {
    executor.execute(() -> ran.add("now"));
    assertThat(ran).isEmpty();
    assertThat(executor.runReady()).isEqualTo(1);
    assertThat(ran).containsExactly("now");
  }

  @Test
  void tasksRunInTheOrderOfTimeAndEachAtItsOwn() {
    executor.schedule(() -> ran.add("late at " + seconds()), 5, TimeUnit.SECONDS);
    executor.schedule(() -> ran.add("early at " + seconds()), 2, TimeUnit.SECONDS);
    executor.advance(Duration.ofSeconds(10));
    assertThat(ran).containsExactly("early at 2", "late at 5");
    assertThat(seconds()).isEqualTo(10);
  }

  @Test
  void periodicTaskRunsOncePerPeriodUntilItIsCancelled() {
    Future<?> ticks = executor.scheduleAtFixedRate(() -> ran.add("tick"), 1, 1, TimeUnit.SECONDS);
    executor.advance(Duration.ofSeconds(3));
    ticks.cancel(false);
    executor.advance(Duration.ofSeconds(3));
    assertThat(ran).hasSize(3);
    assertThat(executor.pending()).isZero();
  }

  @Test
  void afterShutdownTasksAreRefused() {
    executor.shutdown();
    assertThatThrownBy(() -> executor.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }

  private long seconds() {
    return Duration.between(FakeClock.START, clock.instant()).toSeconds();
  }
}
