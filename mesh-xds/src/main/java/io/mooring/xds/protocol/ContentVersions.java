package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Works out the versions of responses, each once for all streams that are sent the same resources
 * at about the same time, as after a change. Thread-safe; holds on to the resources of a few
 * responses.
 */
public final class ContentVersions {

  private static final int PLACES = 8; // for groups that change together

  private final AtomicReferenceArray<@Nullable Known> lastByPlace =
      new AtomicReferenceArray<>(PLACES);

  private record Known(List<VersionedResource> resources, String version) {}

  /** Returns the version of these resources together, in the order given. */
  String of(List<VersionedResource> resources) {
    if (resources.isEmpty()) {
      return ContentVersion.of(resources);
    }
    int place = Math.floorMod(resources.get(0).version().hashCode() + resources.size(), PLACES);
    @Nullable Known last = lastByPlace.get(place);
    if (last != null && areTheVerySame(last.resources(), resources)) {
      return last.version();
    }
    String version = ContentVersion.of(resources);
    lastByPlace.set(place, new Known(List.copyOf(resources), version));
    return version;
  }

  @SuppressWarnings("ReferenceEquality") // the point: no look at the content
  private static boolean areTheVerySame(
      List<VersionedResource> one, List<VersionedResource> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (one.get(i) != other.get(i)) {
        return false;
      }
    }
    return true;
  }
}
