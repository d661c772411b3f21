package io.mooring.xds.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.mooring.xds.resource.VersionedResource;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ContentVersionsTest {

  private static final List<VersionedResource> RESOURCES =
      List.of(resource("a", "1"), resource("a", "2"), resource("b", "1"), resource("c", "1"));

  private final ContentVersions versions = new ContentVersions();

  private static VersionedResource resource(String name, String content) {
    return VersionedResource.of(
        name, Any.newBuilder().setTypeUrl("t").setValue(ByteString.copyFromUtf8(content)).build());
  }

  @Property(tries = 200)
  void rememberedVersionsAreThoseOfTheContent(
      @ForAll @Size(max = 30) List<@Size(max = 3) List<@IntRange(max = 3) Integer>> responses) {
    for (List<Integer> response : responses) {
      List<VersionedResource> resources = response.stream().map(RESOURCES::get).toList();
      assertThat(versions.of(resources)).isEqualTo(ContentVersion.of(resources));
    }
  }
}
