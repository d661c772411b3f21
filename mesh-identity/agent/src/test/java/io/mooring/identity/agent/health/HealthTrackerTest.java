package io.mooring.identity.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HealthTrackerTest {

  @Test
  void firstStateIsTold() {
    assertThat(new HealthTracker(1, 3).onResult(Health.GOOD)).contains(Health.GOOD);
    assertThat(new HealthTracker(1, 1).onResult(Health.bad("no"))).contains(Health.bad("no"));
  }

  @Test
  void oneSuccessStartsTheCountOfFailuresAnew() {
    HealthTracker tracker = new HealthTracker(1, 3);
    assertThat(run(tracker, "+--+--+---")).containsExactly("+0", "-9");
  }

  @Test
  void stateThatLastsIsToldOnce() {
    assertThat(run(new HealthTracker(2, 2), "+++++-----+++")).containsExactly("+1", "-6", "+11");
  }

  /** The oracle looks at the whole history each time. */
  @Property
  void tellsExactlyTheChangesOfTheState(
      @ForAll @Size(max = 60) List<Boolean> results,
      @ForAll @IntRange(min = 1, max = 4) int successes,
      @ForAll @IntRange(min = 1, max = 4) int failures) {
    HealthTracker tracker = new HealthTracker(successes, failures);
    String state = "";
    for (int i = 0; i < results.size(); i++) {
      boolean result = results.get(i);
      int threshold = result ? successes : failures;
      int from = i + 1 - threshold;
      boolean reached =
          from >= 0 && results.subList(from, i + 1).stream().allMatch(r -> r == result);
      String next = reached ? String.valueOf(result) : state;

      assertThat(tracker.onResult(new Health(result, "")).isPresent())
          .as("%s at %s", results, i)
          .isEqualTo(!next.equals(state));
      state = next;
    }
  }

  private static List<String> run(HealthTracker tracker, String results) {
    List<String> told = new ArrayList<>();
    for (int i = 0; i < results.length(); i++) {
      int at = i;
      boolean healthy = results.charAt(i) == '+';
      tracker
          .onResult(healthy ? Health.GOOD : Health.bad("no"))
          .ifPresent(health -> told.add((health.healthy() ? "+" : "-") + at));
    }
    return told;
  }
}
