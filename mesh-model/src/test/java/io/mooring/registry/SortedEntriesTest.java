package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

class SortedEntriesTest {

  /** A positive number puts its remainder, a negative one takes it away. */
  @Property(tries = 300)
  void afterIsWhatChangesOneByOneMake(
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 300) Integer> present,
      @ForAll @Size(max = 30) List<@IntRange(min = -300, max = 300) Integer> steps) {
    TreeMap<Integer, Integer> expected = new TreeMap<>();
    present.forEach(value -> expected.put(value % 20, value));
    TreePMap<Integer, Integer> before = TreePMap.from(expected);
    List<Map.Entry<Integer, @Nullable Integer>> changes = new ArrayList<>();
    for (int step : steps) {
      int key = Math.abs(step) % 20;
      changes.add(SortedEntries.change(key, step > 0 ? step : null));
      if (step > 0) {
        expected.put(key, step);
      } else {
        expected.remove(key);
      }
    }
    changes.sort(Comparator.comparing(Map.Entry::getKey)); // stable

    TreePMap<Integer, Integer> after = SortedEntries.after(before, changes);

    assertThat(List.copyOf(after.entrySet())).isEqualTo(List.copyOf(expected.entrySet()));
  }
}
