package io.mooring.xds.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ResourceDiffTest {

  private static final XdsType TYPE = XdsType.CLUSTER;

  private static ResourceSet set(Map<String, Integer> valueByName) {
    ResourceSet set = ResourceSet.empty();
    for (Map.Entry<String, Integer> entry : valueByName.entrySet()) {
      set =
          set.with(
              TYPE, VersionedResource.of(entry.getKey(), StringValue.of("" + entry.getValue())));
    }
    return set;
  }

  @Test
  void namesWhatWasAddedChangedAndRemoved() {
    assertThat(
            ResourceDiff.names(
                TYPE, set(Map.of("a", 1, "b", 1, "c", 1)), set(Map.of("b", 1, "c", 2, "d", 1))))
        .containsExactly("a", "c", "d");
  }

  @Property
  void namesExactlyWhatDiffers(
      @ForAll @Size(max = 8)
          Map<@StringLength(1) @CharRange(from = 'a', to = 'h') String, @IntRange(max = 2) Integer>
              before,
      @ForAll @Size(max = 8)
          Map<@StringLength(1) @CharRange(from = 'a', to = 'h') String, @IntRange(max = 2) Integer>
              after) {
    TreeSet<String> expected = new TreeSet<>(before.keySet());
    expected.addAll(after.keySet());
    expected.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
    assertThat(ResourceDiff.names(TYPE, set(before), set(after)))
        .containsExactlyElementsOf(expected);
  }

  @Property
  void editsOfASetAreNamedAsAComparisonNamesThem(
      @ForAll @Size(max = 8)
          Map<@StringLength(1) @CharRange(from = 'a', to = 'h') String, @IntRange(max = 2) Integer>
              start,
      @ForAll @Size(max = 40) List<@StringLength(1) @CharRange(from = 'a', to = 'h') String> edited,
      @ForAll @IntRange(max = 3) int removeEvery) {
    ResourceSet before = set(start);
    ResourceSet after = before;
    for (int step = 0; step < edited.size(); step++) {
      String name = edited.get(step);
      after =
          removeEvery > 0 && step % removeEvery == 0
              ? after.without(TYPE, name)
              : after.with(TYPE, VersionedResource.of(name, StringValue.of("" + step % 3)));
    }
    assertThat(ResourceDiff.names(TYPE, before, after))
        .isEqualTo(ResourceDiff.names(TYPE, before, unrelated(after)));
  }

  @Test
  void fewEditsAreFoundWithoutAComparison() {
    ResourceSet before = set(Map.of("a", 1, "b", 1));
    ResourceSet after = before.with(TYPE, VersionedResource.of("b", StringValue.of("2")));
    assertThat(after.editedSince(TYPE, before)).hasValue(Set.of("b"));
    assertThat(unrelated(after).editedSince(TYPE, before)).isEmpty();
  }

  /** Returns an equal set that was made in another way. */
  private static ResourceSet unrelated(ResourceSet original) {
    ResourceSet copy =
        ResourceSet.empty().with(TYPE, VersionedResource.of("z", StringValue.of("")));
    for (VersionedResource resource : original.resources(TYPE).values()) {
      copy = copy.with(TYPE, resource);
    }
    return copy.without(TYPE, "z");
  }
}
