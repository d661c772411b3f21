package io.mooring.xds.resource;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;

/**
 * Everything that one proxy may ask for, by type and name. Immutable; {@code with} and {@code
 * without} share structure, so that changing one resource of ten thousand costs as much as changing
 * one of ten.
 */
public final class ResourceSet {

  private static final ResourceSet EMPTY =
      new ResourceSet(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), true);

  private static final ResourceSet UNKNOWN =
      new ResourceSet(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), false);

  private final HashPMap<XdsType, TreePMap<String, VersionedResource>> resourcesByType;
  private final HashPMap<XdsType, Function<String, VersionedResource>> fallbackByType;
  private final HashPMap<XdsType, ResourceEdit> lastEditByType;
  private final boolean known;

  private ResourceSet(
      HashPMap<XdsType, TreePMap<String, VersionedResource>> resourcesByType,
      HashPMap<XdsType, Function<String, VersionedResource>> fallbackByType,
      HashPMap<XdsType, ResourceEdit> lastEditByType,
      boolean known) {
    this.resourcesByType = resourcesByType;
    this.fallbackByType = fallbackByType;
    this.lastEditByType = lastEditByType;
    this.known = known;
  }

  /** Returns the set without resources. */
  public static ResourceSet empty() {
    return EMPTY;
  }

  /**
   * Returns the set about which nothing is known yet: a proxy that is offered it gets no answer and
   * keeps what it has, whereas {@link #empty()} takes everything away.
   */
  public static ResourceSet unknown() {
    return UNKNOWN;
  }

  /** Returns whether this is {@link #unknown()}. */
  public boolean isUnknown() {
    return !known;
  }

  /** Returns the types that have resources. */
  public Set<XdsType> types() {
    return Collections.unmodifiableSet(new TreeSet<>(resourcesByType.keySet()));
  }

  /** Returns the resources of a type by name, in the order of names. */
  public SortedMap<String, VersionedResource> resources(XdsType type) {
    return map(type);
  }

  /**
   * Returns the resource that a client gets for a name: the one of this set, else what {@link
   * #answering} makes of it.
   */
  public Optional<VersionedResource> get(XdsType type, String name) {
    @Nullable VersionedResource present = map(type).get(name);
    if (present != null) {
      return Optional.of(present);
    }
    @Nullable Function<String, VersionedResource> fallback = fallbackByType.get(type);
    return fallback == null ? Optional.empty() : Optional.of(fallback.apply(name));
  }

  /** Returns this set with {@code resource} added, or put in the place of the one of its name. */
  public ResourceSet with(XdsType type, VersionedResource resource) {
    TreePMap<String, VersionedResource> map = map(type);
    return resource.equals(map.get(resource.name()))
        ? this
        : new ResourceSet(
            resourcesByType.plus(type, map.plus(resource.name(), resource)),
            fallbackByType,
            edited(type, map, resource.name()),
            true);
  }

  /** Returns this set without the resource of that name. */
  public ResourceSet without(XdsType type, String name) {
    TreePMap<String, VersionedResource> map = map(type);
    if (!map.containsKey(name)) {
      return this;
    }
    TreePMap<String, VersionedResource> rest = map.minus(name);
    return new ResourceSet(
        rest.isEmpty() ? resourcesByType.minus(type) : resourcesByType.plus(type, rest),
        fallbackByType,
        edited(type, map, name),
        true);
  }

  private HashPMap<XdsType, ResourceEdit> edited(
      XdsType type, TreePMap<String, VersionedResource> base, String name) {
    return lastEditByType.plus(type, ResourceEdit.after(lastEditByType.get(type), base, name));
  }

  /**
   * Returns the names of a type that were edited since {@code before}, some perhaps to and fro;
   * empty if this set was not made from {@code before} in a few steps.
   */
  Optional<Set<String>> editedSince(XdsType type, ResourceSet before) {
    return ResourceEdit.since(lastEditByType.get(type), before.map(type));
  }

  /**
   * Returns this set with an answer to every name of {@code type} that it does not have, e.g. an
   * empty route configuration, without which Envoy never opens the listener that asks for it.
   */
  public ResourceSet answering(XdsType type, Function<String, VersionedResource> fallback) {
    return new ResourceSet(
        resourcesByType, fallbackByType.plus(type, fallback), lastEditByType, true);
  }

  /** Returns whether both have the very same resources of a type; {@code false} says nothing. */
  @SuppressWarnings("ReferenceEquality") // the point: no look at the resources
  public boolean shares(XdsType type, ResourceSet other) {
    return map(type) == other.map(type);
  }

  /** Returns whether both make the same of missing names; {@code false} says nothing. */
  public boolean sharesAnswers(XdsType type, ResourceSet other) {
    return fallbackByType.get(type) == other.fallbackByType.get(type);
  }

  private TreePMap<String, VersionedResource> map(XdsType type) {
    @Nullable TreePMap<String, VersionedResource> map = resourcesByType.get(type);
    return map == null ? TreePMap.empty() : map;
  }

  /**
   * Two sets are equal if they have equal resources; what they answer to missing names does not
   * count.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ResourceSet that
        && isUnknown() == that.isUnknown()
        && resourcesByType.equals(that.resourcesByType);
  }

  @Override
  public int hashCode() {
    return resourcesByType.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("ResourceSet{");
    for (XdsType type : types()) {
      text.append(type.typeUrl().substring(type.typeUrl().lastIndexOf('.') + 1))
          .append('=')
          .append(map(type).size())
          .append(' ');
    }
    return text.append('}').toString();
  }
}
