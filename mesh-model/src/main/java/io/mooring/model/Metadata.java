package io.mooring.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Kubernetes object metadata, as far as a mesh reads it. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/">ObjectMeta</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Metadata.Builder.class)
public interface Metadata {

  /** Returns the object name; empty only in input that has not been validated. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the namespace; {@code default} where the source names none. */
  @Value.Default
  default String namespace() {
    return "default";
  }

  /** Returns the labels of the object itself. */
  Map<String, String> labels();

  /** Returns the annotations of the object itself. */
  Map<String, String> annotations();

  /** Returns when the object was created; objects without it count as equally old. */
  Optional<Instant> creationTimestamp();

  /** Returns the version that the source gave this object, for compare-and-set. */
  Optional<String> resourceVersion();

  /** Returns the source's unique id of this object. */
  Optional<String> uid();

  /** Returns the source's generation counter of {@code spec}. */
  Optional<Long> generation();

  /** Returns metadata with nothing but a namespace and a name. */
  static Metadata of(String namespace, String name) {
    return builder().namespace(namespace).name(name).build();
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Metadata}; what Kubernetes keeps besides is read over. Not thread-safe. */
  @JsonIgnoreProperties({
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "managedFields",
    "ownerReferences",
    "selfLink"
  })
  final class Builder extends ImmutableMetadata.Builder {
    Builder() {}
  }
}
