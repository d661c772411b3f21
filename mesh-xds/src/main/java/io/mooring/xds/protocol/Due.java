package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one response is to carry, gathered name by name until it is full. */
final class Due {

  private final SortedMap<String, VersionedResource> resources = new TreeMap<>();
  private final SortedMap<String, VersionedResource> errors = new TreeMap<>();
  private final List<String> missing = new ArrayList<>();
  private final int maxBytes;
  private final boolean answersNames;
  private long bytes;

  /**
   * Creates an empty one.
   *
   * @param answersNames whether the client finds the request that waits for a resource by the name
   *     it asked for, existing or not: then each such name is an alias in the response
   */
  Due(int maxBytes, boolean answersNames) {
    this.maxBytes = maxBytes;
    this.answersNames = answersNames;
  }

  /** Returns whether there was room; there always is for the first. */
  boolean add(String name, Optional<VersionedResource> resource) {
    long size = (long) name.length() + resource.map(Due::size).orElse(0);
    if (bytes > 0 && bytes + size > maxBytes) {
      return false;
    }
    bytes += size;
    if (resource.isPresent() && resource.get().isError()) {
      errors.put(name, resource.get());
    } else if (resource.isPresent()) {
      add(name, resource.get());
    } else if (answersNames) {
      resources.put(name, VersionedResource.absent(name));
    } else {
      missing.add(name);
    }
    return true;
  }

  private static int size(VersionedResource resource) {
    return resource.body().getSerializedSize();
  }

  private void add(String name, VersionedResource resource) {
    @Nullable VersionedResource added = resources.get(resource.name());
    VersionedResource shown = added == null ? resource : added;
    boolean told = !answersNames || shown.aliases().contains(name);
    resources.put(shown.name(), told ? shown : shown.askedForAs(name));
  }

  Collection<VersionedResource> resources() {
    return resources.values();
  }

  Collection<VersionedResource> errors() {
    return errors.values();
  }

  /** Returns the resources, then the errors. */
  List<VersionedResource> all() {
    List<VersionedResource> all = new ArrayList<>(resources.values());
    all.addAll(errors.values());
    return all;
  }

  boolean isEmpty() {
    return resources.isEmpty() && errors.isEmpty();
  }

  /** Returns the names that are due and do not exist, in order. */
  List<String> missing() {
    return missing;
  }
}
