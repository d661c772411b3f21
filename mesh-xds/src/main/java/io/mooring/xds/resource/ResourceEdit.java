package io.mooring.xds.resource;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The last steps by which a map of resources came to be, newest first: what changed since a map
 * that is a few steps older is found without a look at the rest. Immutable.
 *
 * @param base the map before this step
 * @param name the resource that this step put or removed
 * @param older the step before; null at the end of what is remembered
 * @param length how many steps are remembered, this one included
 */
record ResourceEdit(
    Map<String, VersionedResource> base, String name, @Nullable ResourceEdit older, int length) {

  /** Each step holds on to the resource that it replaced; 16 spare 15 of 16 comparisons. */
  private static final int MAX_LENGTH = 16;

  static ResourceEdit after(
      @Nullable ResourceEdit last, Map<String, VersionedResource> base, String name) {
    return last == null || last.length == MAX_LENGTH
        ? new ResourceEdit(base, name, null, 1)
        : new ResourceEdit(base, name, last, last.length + 1);
  }

  /** Returns the names edited since the very map {@code base}; empty if that is not remembered. */
  @SuppressWarnings("ReferenceEquality") // the point: no look at the resources
  static Optional<Set<String>> since(
      @Nullable ResourceEdit last, Map<String, VersionedResource> base) {
    Set<String> names = new TreeSet<>();
    for (ResourceEdit edit = last; edit != null; edit = edit.older) {
      names.add(edit.name);
      if (edit.base == base) {
        return Optional.of(names);
      }
    }
    return Optional.empty();
  }
}
