package io.mooring.xds.resource;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Message;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * Everything that one proxy may ask for, by type and name. Immutable; {@code with} and {@code
 * without} share structure, so that changing one resource of ten thousand costs as much as changing
 * one of ten.
 */
public final class ResourceSet {

  private static final ResourceSet EMPTY =
      new ResourceSet(
          HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), Labels.NONE, true);

  private static final ResourceSet UNKNOWN =
      new ResourceSet(
          HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), Labels.NONE, false);

  private final HashPMap<XdsType, TypeResources> resourcesByType;
  private final HashPMap<XdsType, Function<String, VersionedResource>> fallbackByType;
  private final HashPMap<XdsType, ResourceEdit> lastEditByType;
  private final Labels labels;
  private final boolean known;

  /**
   * What the caller calls the versions of types: {@code ofOthers} unless there is one of its own.
   */
  private record Labels(HashPMap<XdsType, String> byType, String ofOthers) {

    static final Labels NONE = new Labels(HashTreePMap.empty(), "");

    String get(XdsType type) {
      return byType.getOrDefault(type, ofOthers);
    }

    Labels with(XdsType type, String label) {
      return get(type).equals(label) ? this : new Labels(byType.plus(type, label), ofOthers);
    }
  }

  private ResourceSet(
      HashPMap<XdsType, TypeResources> resourcesByType,
      HashPMap<XdsType, Function<String, VersionedResource>> fallbackByType,
      HashPMap<XdsType, ResourceEdit> lastEditByType,
      Labels labels,
      boolean known) {
    this.resourcesByType = resourcesByType;
    this.fallbackByType = fallbackByType;
    this.lastEditByType = lastEditByType;
    this.labels = labels;
    this.known = known;
  }

  /** Returns the set without resources. */
  public static ResourceSet empty() {
    return EMPTY;
  }

  /**
   * Returns the set of these messages, of any types, each under the {@linkplain
   * VersionedResource#of(Message) name that it has itself}.
   *
   * @throws IllegalArgumentException if two of one type have one name, or one has none
   */
  public static ResourceSet of(Iterable<? extends Message> messages) {
    ResourceSet set = EMPTY;
    for (Message message : messages) {
      VersionedResource resource = VersionedResource.of(message);
      if (set.resources(XdsType.of(message)).containsKey(resource.name())) {
        throw new IllegalArgumentException(
            "%s '%s': twice (expected: each name once)"
                .formatted(message.getDescriptorForType().getFullName(), resource.name()));
      }
      set = set.with(XdsType.of(message), resource);
    }
    return set;
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
    return of(type).byName();
  }

  /**
   * Returns the resource that a client gets for a name: the one of this set which has that name or
   * alias, else what {@link #answering} makes of it.
   */
  public Optional<VersionedResource> get(XdsType type, String name) {
    @Nullable VersionedResource present = of(type).get(name);
    if (present != null) {
      return Optional.of(present);
    }
    @Nullable Function<String, VersionedResource> fallback = fallbackByType.get(type);
    return fallback == null ? Optional.empty() : Optional.of(fallback.apply(name));
  }

  /**
   * Returns this set with {@code resource} added, or put in the place of the one of its name. A
   * changed type loses its {@linkplain #labelled label}.
   */
  public ResourceSet with(XdsType type, VersionedResource resource) {
    TypeResources before = of(type);
    return resource.equals(before.byName().get(resource.name()))
        ? this
        : edited(type, before.with(resource), resource.name());
  }

  /** Returns this set with a message, under the name and the type that it has itself. */
  public ResourceSet with(Message message) {
    return with(XdsType.of(message), VersionedResource.of(message));
  }

  /** Returns this set with all of {@code resources}, as if added one by one. */
  public ResourceSet withAll(XdsType type, Iterable<VersionedResource> resources) {
    ResourceSet set = this;
    for (VersionedResource resource : resources) {
      set = set.with(type, resource);
    }
    return set;
  }

  /** Returns this set without the resource of that name. */
  public ResourceSet without(XdsType type, String name) {
    TypeResources before = of(type);
    String canonical = ResourceName.canonical(name);
    return before.byName().containsKey(canonical)
        ? edited(type, before.without(canonical), canonical)
        : this;
  }

  private ResourceSet edited(XdsType type, TypeResources after, String name) {
    ResourceEdit edit = ResourceEdit.after(lastEditByType.get(type), of(type).byName(), name);
    return new ResourceSet(
        after.byName().isEmpty() ? resourcesByType.minus(type) : resourcesByType.plus(type, after),
        fallbackByType,
        lastEditByType.plus(type, edit),
        labels.with(type, ""),
        true);
  }

  /**
   * Returns this set with a version of the caller's own for all types. It is what clients and
   * operators see as {@code version_info}, and no more than a label: content alone decides what is
   * sent. Where content changes under the same label, a suffix tells the versions apart; each
   * resource's own version in delta is always that of its content.
   *
   * <p>Without labels {@code version_info} is made of the content too, which lets a state-of-the-
   * world client that comes back skip what it has. A label proves nothing, so that such a client
   * gets everything anew.
   *
   * @param label {@code ""}: none
   */
  public ResourceSet labelled(String label) {
    requireNonNull(label, "label");
    return new ResourceSet(
        resourcesByType,
        fallbackByType,
        lastEditByType,
        new Labels(HashTreePMap.empty(), label),
        true);
  }

  /** As {@link #labelled(String)}, for one type. */
  public ResourceSet labelled(XdsType type, String label) {
    requireNonNull(label, "label");
    return new ResourceSet(
        resourcesByType, fallbackByType, lastEditByType, labels.with(type, label), true);
  }

  /** Returns the caller's version of a type; {@code ""} if it gave none. */
  public String label(XdsType type) {
    return labels.get(type);
  }

  /**
   * Returns the names of a type that were edited since {@code before}, some perhaps to and fro;
   * empty if this set was not made from {@code before} in a few steps.
   */
  Optional<Set<String>> editedSince(XdsType type, ResourceSet before) {
    return ResourceEdit.since(lastEditByType.get(type), before.of(type).byName());
  }

  /**
   * Returns this set with an answer to every name of {@code type} that it does not have, e.g. an
   * empty route configuration, without which Envoy never opens the listener that asks for it.
   */
  public ResourceSet answering(XdsType type, Function<String, VersionedResource> fallback) {
    return new ResourceSet(
        resourcesByType, fallbackByType.plus(type, fallback), lastEditByType, labels, true);
  }

  /** Returns whether both have the very same resources of a type; {@code false} says nothing. */
  @SuppressWarnings("ReferenceEquality") // the point: no look at the resources
  public boolean shares(XdsType type, ResourceSet other) {
    return of(type).byName() == other.of(type).byName();
  }

  /** Returns whether both make the same of missing names; {@code false} says nothing. */
  public boolean sharesAnswers(XdsType type, ResourceSet other) {
    return fallbackByType.get(type) == other.fallbackByType.get(type);
  }

  private TypeResources of(XdsType type) {
    return resourcesByType.getOrDefault(type, TypeResources.EMPTY);
  }

  /**
   * Two sets are equal if they have equal resources; labels and what they answer to missing names
   * do not count.
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
          .append(of(type).byName().size())
          .append(' ');
    }
    return text.append('}').toString();
  }
}
