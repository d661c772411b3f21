package io.mooring.xds.push;

import static java.util.Objects.requireNonNull;

import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * Resources that the user computes, kept by group: every proxy belongs to one, and all proxies of a
 * group get the same. Thread-safe.
 *
 * <p>What differs from what a proxy was sent is found by content, whatever the caller replaced.
 */
public final class SnapshotResources implements ResourceProvider<Set<String>> {

  private final AtomicReference<HashPMap<String, ResourceSet>> resourcesByGroup =
      new AtomicReference<>(HashTreePMap.empty());
  private final Function<ProxyNode, @Nullable String> groupOf;
  private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();

  /**
   * Creates a store without resources.
   *
   * @param groupOf the group of a proxy, e.g. {@code ProxyNode::id} or {@code ProxyNode::cluster};
   *     null: none, so that it gets no answer; always the same for equal nodes
   */
  public SnapshotResources(Function<ProxyNode, @Nullable String> groupOf) {
    this.groupOf = requireNonNull(groupOf, "groupOf");
  }

  /**
   * Adds one who hears of changed groups: {@code pushService::changed}. A server that was made of
   * these resources does so by itself.
   *
   * @return what ends it
   */
  public Runnable onChange(Consumer<Set<String>> listener) {
    requireNonNull(listener, "listener");
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /**
   * Sets what a group gets, as a whole. An empty set takes everything away from its proxies; {@link
   * #clear} leaves it to them. What does not differ by content is not sent again.
   */
  public void set(String group, ResourceSet resources) {
    update(group, old -> requireNonNull(resources, "resources"));
  }

  /** Puts one resource into a group, in the place of the one of its name. */
  public void put(String group, XdsType type, VersionedResource resource) {
    update(group, old -> old.with(type, resource));
  }

  /** Removes one resource from a group; its name suffices. */
  public void remove(String group, XdsType type, String name) {
    update(group, old -> old.without(type, name));
  }

  /**
   * Sets a group to what {@code change} makes of its resources, atomically.
   *
   * @param change gets {@link ResourceSet#empty()} for a group that has none; may be called again
   *     if another thread was faster
   */
  public void update(String group, UnaryOperator<ResourceSet> change) {
    requireNonNull(group, "group");
    resourcesByGroup.updateAndGet(
        all -> all.plus(group, change.apply(all.getOrDefault(group, ResourceSet.empty()))));
    listeners.forEach(listener -> listener.accept(Set.of(group)));
  }

  /**
   * Forgets a group: its proxies keep what they have and get nothing until it is set again; new
   * ones get no answer.
   */
  public void clear(String group) {
    requireNonNull(group, "group");
    resourcesByGroup.updateAndGet(all -> all.minus(group));
  }

  /** Returns the groups that were set and not cleared, in order. */
  public SortedSet<String> groups() {
    return new TreeSet<>(all().keySet());
  }

  /** Returns what a group gets; empty if it was never set, or cleared. */
  public Optional<ResourceSet> get(String group) {
    return Optional.ofNullable(all().get(group));
  }

  private HashPMap<String, ResourceSet> all() {
    return requireNonNull(resourcesByGroup.get(), "never set to null");
  }

  @Override
  public ResourceSet initial(ProxyNode node) {
    @Nullable String group = groupOf.apply(node);
    return group == null ? ResourceSet.unknown() : all().getOrDefault(group, ResourceSet.unknown());
  }

  @Override
  public ResourceSet update(ProxyNode node, ResourceSet previous, Set<String> change) {
    return initial(node);
  }

  @Override
  public boolean concerns(ProxyNode node, Set<String> change) {
    @Nullable String group = groupOf.apply(node);
    return group != null && change.contains(group);
  }

  @Override
  public Set<String> merge(Set<String> older, Set<String> newer) {
    Set<String> both = new TreeSet<>(older);
    both.addAll(newer);
    return both;
  }
}
