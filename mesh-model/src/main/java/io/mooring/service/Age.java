package io.mooring.service;

import static java.util.Objects.requireNonNull;

import io.mooring.model.Metadata;
import java.time.Instant;

/**
 * How old an object is among others, so that "the oldest wins" means the same on every replica.
 * Immutable; oldest first: creation time, then name, then namespace.
 *
 * @param created {@link Instant#MIN} where the object does not say: such objects count as equally
 *     old, and older than all that do
 * @param name object name
 * @param namespace object namespace
 * @param cluster tells objects of one name apart that several clusters have; else empty
 */
public record Age(Instant created, String name, String namespace, String cluster)
    implements Comparable<Age> {

  public Age {
    requireNonNull(created, "created");
    requireNonNull(name, "name");
    requireNonNull(namespace, "namespace");
    requireNonNull(cluster, "cluster");
  }

  /** Returns the age of the object with this metadata. */
  public static Age of(Metadata metadata) {
    return of(metadata, "");
  }

  /** Returns the age of the object with this metadata in this cluster. */
  public static Age of(Metadata metadata, String cluster) {
    return new Age(
        metadata.creationTimestamp().orElse(Instant.MIN),
        metadata.name(),
        metadata.namespace(),
        cluster);
  }

  /**
   * Returns the age of the object that defines {@code service}, the oldest where it has several.
   */
  public static Age of(MeshService service) {
    return new Age(
        service.creationTimestamp().orElse(Instant.MIN), service.name(), service.namespace(), "");
  }

  @Override
  public int compareTo(Age other) {
    int order = created.compareTo(other.created); // by hand, as in ConfigKey
    if (order == 0) {
      order = name.compareTo(other.name);
    }
    if (order == 0) {
      order = namespace.compareTo(other.namespace);
    }
    return order == 0 ? cluster.compareTo(other.cluster) : order;
  }
}
