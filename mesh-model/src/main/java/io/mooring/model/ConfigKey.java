package io.mooring.model;

import static java.util.Objects.requireNonNull;

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

  public ConfigKey {
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  @Override
  public int compareTo(ConfigKey other) {
    // By hand: sorting many is much of the time of a start. Kinds are mostly the very same text,
    // as namespaces of one file are.
    int order = kind.equals(other.kind) ? 0 : kind.compareTo(other.kind);
    if (order == 0 && !namespace.equals(other.namespace)) {
      order = namespace.compareTo(other.namespace);
    }
    return order == 0 ? name.compareTo(other.name) : order;
  }

  /** Numbered names in numbered namespaces must not meet, as they would in the record's own. */
  @Override
  public int hashCode() {
    return 0x9E3779B9 * (31 * kind.hashCode() + namespace.hashCode()) + name.hashCode();
  }

  /** Returns {@code kind/namespace/name}, without the namespace where it is empty. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + "/" + name : kind + "/" + namespace + "/" + name;
  }
}
