package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.service.ServiceKey;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

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
    configs = sorted(configs);
    services = sorted(services);
    endpoints = sorted(endpoints);
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

  /** Not {@code Set.copyOf}: its order differs from one run of the JVM to the next. */
  private static <T extends Comparable<T>> Set<T> sorted(Set<T> set) {
    return set.isEmpty() ? Set.of() : Collections.unmodifiableSet(new TreeSet<>(set));
  }

  private static <T extends Comparable<T>> Set<T> union(Set<T> one, Set<T> other) {
    Set<T> all = new TreeSet<>(one);
    all.addAll(other);
    return all;
  }
}
