package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoTest {

  private final List<String> computed = new ArrayList<>();
  private final Memo<String, String> memo =
      new Memo<>(
          4,
          (input, output) -> input.length(),
          input -> {
            computed.add(input);
            return input + "!";
          });

  @Test
  void equalInputIsComputedOnce() {
    assertThat(memo.get("a")).isEqualTo("a!");
    assertThat(memo.get(new String("a"))).isEqualTo("a!");

    assertThat(computed).containsExactly("a");
  }

  @Test
  void inputThatIsAskedForAgainSurvivesGenerations() {
    for (String other : List.of("b", "c", "d", "e", "f", "g")) {
      memo.get("a");
      memo.get(other);
    }

    assertThat(computed).containsOnlyOnce("a");
  }

  @Test
  void inputThatNobodyAsksForIsForgotten() {
    List.of("a", "b", "c", "d", "e", "f", "g", "a").forEach(memo::get);

    assertThat(computed).filteredOn("a"::equals).hasSize(2);
  }

  @Test
  void heavyInputsAreForgottenSooner() {
    List.of("a", "heavy", "b", "other", "a").forEach(memo::get);

    assertThat(computed).containsExactly("a", "heavy", "b", "other", "a");
  }

  @Test
  void weightIsBoundedByTheCapacityAndTwoEntries() {
    for (int i = 0; i < 1_000; i++) {
      memo.get("input-" + i);
      assertThat(memo.weight()).isLessThanOrEqualTo(4 + 2 * "input-999".length());
    }
  }
}
