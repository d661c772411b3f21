package io.mooring.xds.protocol;

import io.mooring.xds.resource.VersionedResource;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Version of each resource that the client was sent, by the name or alias that it asked for.
 * Confined to its session.
 *
 * <p>A client that is up to date has what was offered: then that map itself, which all such streams
 * share, is the memory of it, and only what differs is kept apart. A map of 1,000 entries for each
 * of 2,000 streams would be most of the server's heap.
 */
final class SentVersions {

  /** With fewer differences than this, nothing is gained. */
  private static final int MIN_GAIN = 32;

  private SortedMap<String, VersionedResource> shared = Collections.emptySortedMap();

  /** What is not in {@code shared}, or there with another version. */
  private final Map<String, String> others = new HashMap<>();

  /** What is in {@code shared} and was not sent. */
  private final Set<String> lacking = new HashSet<>();

  @Nullable String get(String name) {
    @Nullable String other = others.get(name);
    if (other != null) {
      return other;
    }
    @Nullable VersionedResource resource = lacking.contains(name) ? null : shared.get(name);
    return resource == null ? null : resource.version();
  }

  boolean has(String name) {
    return get(name) != null;
  }

  boolean isEmpty() {
    return others.isEmpty() && lacking.size() == shared.size();
  }

  /** Returns the version that was there before. */
  @Nullable String put(String name, String version) {
    @Nullable String before = get(name);
    lacking.remove(name);
    @Nullable VersionedResource resource = shared.get(name);
    if (resource != null && resource.version().equals(version)) {
      others.remove(name);
    } else {
      others.put(name, version);
    }
    return before;
  }

  void remove(String name) {
    others.remove(name);
    if (shared.containsKey(name)) {
      lacking.add(name);
    }
  }

  /** Returns a copy of the names, in any order. */
  Set<String> names() {
    Set<String> names = new HashSet<>(shared.keySet());
    lacking.forEach(names::remove);
    names.addAll(others.keySet());
    return names;
  }

  /** Returns a copy, in the order of names. */
  SortedMap<String, String> byName() {
    SortedMap<String, String> versions = new TreeMap<>();
    names().forEach(name -> versions.put(name, String.valueOf(get(name))));
    return Collections.unmodifiableSortedMap(versions);
  }

  /**
   * Returns whether what is in {@code resources} was sent as it is there, {@link #unlike} apart.
   */
  @SuppressWarnings("ReferenceEquality") // the point: no look at the resources
  boolean shares(SortedMap<String, VersionedResource> resources) {
    return shared == resources;
  }

  /** Returns a copy of the names that were not sent as they are in what is shared, in any order. */
  Set<String> unlike() {
    Set<String> names = new HashSet<>(others.keySet());
    names.addAll(lacking);
    return names;
  }

  /**
   * Shares {@code resources} from now on if that saves memory: what of them was not sent must not
   * be more than what was. Changes nothing else.
   */
  void share(SortedMap<String, VersionedResource> resources) {
    if (others.size() + lacking.size() < MIN_GAIN || shares(resources)) {
      return;
    }
    Set<String> unsent = new HashSet<>();
    Map<String, String> different = new HashMap<>();
    for (Map.Entry<String, VersionedResource> resource : resources.entrySet()) {
      @Nullable String version = get(resource.getKey());
      if (version == null) {
        unsent.add(resource.getKey());
      } else if (!version.equals(resource.getValue().version()) || resource.getValue().isError()) {
        different.put(resource.getKey(), version);
      }
    }
    if (2 * (unsent.size() + different.size()) > resources.size()) {
      return;
    }
    shared.forEach(
        (name, resource) -> {
          if (!resources.containsKey(name) && !lacking.contains(name)) {
            others.putIfAbsent(name, resource.version());
          }
        });
    resources.keySet().forEach(others::remove);
    others.putAll(different);
    lacking.clear();
    lacking.addAll(unsent);
    shared = resources;
  }
}
