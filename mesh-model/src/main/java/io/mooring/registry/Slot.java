package io.mooring.registry;

import io.mooring.model.ConfigKey;
import java.util.Set;

/**
 * What one object at a time can have: a key, and where each cluster has objects of its own, the
 * cluster. Immutable; ordered by key, then cluster.
 *
 * @param key the key
 * @param cluster empty for kinds that the whole mesh shares
 */
record Slot(ConfigKey key, String cluster) implements Comparable<Slot> {

  private static final Set<String> KINDS_OF_A_CLUSTER =
      Set.of("Service", "Pod", "EndpointSlice", "Namespace");

  /** Returns the slot of an object that a source of {@code cluster} has. */
  static Slot of(ConfigKey key, String cluster) {
    return new Slot(key, KINDS_OF_A_CLUSTER.contains(key.kind()) ? cluster : "");
  }

  @Override
  public int compareTo(Slot other) {
    int byKey = key.compareTo(other.key);
    return byKey == 0 ? cluster.compareTo(other.cluster) : byKey;
  }
}
