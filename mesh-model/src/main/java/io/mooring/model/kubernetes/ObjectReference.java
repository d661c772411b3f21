package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import org.immutables.value.Value;

/**
 * Names an object. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-reference/">ObjectReference</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ObjectReference.Builder.class)
public interface ObjectReference {

  /** Returns the version. */
  @Value.Default
  default String apiVersion() {
    return "";
  }

  /** Returns the kind. */
  @Value.Default
  default String kind() {
    return "";
  }

  /** Returns the namespace. */
  @Value.Default
  default String namespace() {
    return "";
  }

  /** Returns the name. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the unique id. */
  @Value.Default
  default String uid() {
    return "";
  }

  /** Returns the version of the object. */
  @Value.Default
  default String resourceVersion() {
    return "";
  }

  /** Returns the part of the object. */
  @Value.Default
  default String fieldPath() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ObjectReference}. Not thread-safe. */
  final class Builder extends ImmutableObjectReference.Builder {
    Builder() {}
  }
}
