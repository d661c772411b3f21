package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What differs between two snapshots. Immutable. May name too much, never too little: regenerating
 * only what it names leaves every proxy with the same bytes as regenerating everything.
 *
 * <p>Every set is in its natural order.
 *
 * @param configs objects that were added, changed or removed
 * @param services services whose shape (anything but endpoints) was added, changed or removed
 * @param endpoints services whose endpoints changed
 */
public record ChangeSet(
    Set<ConfigKey> configs, Set<ServiceKey> services, Set<ServiceKey> endpoints) {

  /** No difference. */
  public static final ChangeSet NONE = new ChangeSet(Set.of(), Set.of(), Set.of());

  public ChangeSet {
    configs = SortedKeys.of(configs);
    services = SortedKeys.of(services);
    endpoints = SortedKeys.of(endpoints);
  }

  /** Returns whether nothing differs. */
  public boolean isEmpty() {
    return configs.isEmpty() && services.isEmpty() && endpoints.isEmpty();
  }

  /** Returns the union of both. */
  public ChangeSet merge(ChangeSet other) {
    if (isEmpty()) {
      return other;
    }
    return other.isEmpty()
        ? this
        : new ChangeSet(
            union(configs, other.configs),
            union(services, other.services),
            union(endpoints, other.endpoints));
  }

  private static <T extends Comparable<T>> Set<T> union(Set<T> one, Set<T> other) {
    List<T> all = new ArrayList<>(one);
    all.addAll(other);
    return SortedKeys.of(all);
  }
}
