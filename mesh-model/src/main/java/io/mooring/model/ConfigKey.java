package io.mooring.model;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/**
 * Names one configuration object: kind, namespace and name. Immutable; ordered by kind, namespace,
 * name.
 *
 * @param kind Kubernetes kind, e.g. {@code ServiceEntry}; kinds are unique over the API groups that
 *     Mooring reads
 * @param namespace namespace, {@code ""} for a cluster-scoped kind such as {@code Namespace}
 * @param name object name
 */
public record ConfigKey(String kind, String namespace, String name)
    implements Comparable<ConfigKey> {

  private static final Comparator<ConfigKey> ORDER =
      Comparator.comparing(ConfigKey::kind)
          .thenComparing(ConfigKey::namespace)
          .thenComparing(ConfigKey::name);

  public ConfigKey {
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  @Override
  public int compareTo(ConfigKey other) {
    return ORDER.compare(this, other);
  }

  /** Returns {@code kind/namespace/name}, without the namespace where it is empty. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + "/" + name : kind + "/" + namespace + "/" + name;
  }
}
