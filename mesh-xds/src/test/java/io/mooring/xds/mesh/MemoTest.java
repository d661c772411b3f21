package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoTest {

  private final List<String> computed = new ArrayList<>();
  private final Memo<String, String> memo =
      new Memo<>(
          2,
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
}
