package io.mooring.xds.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import java.util.Map;
import java.util.Objects;
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
}
