package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import org.immutables.value.Value;

/**
 * An object that a policy binds. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/type/workload-selector/">WorkloadSelector</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = PolicyTargetReference.Builder.class)
public interface PolicyTargetReference {

  /** Returns the API group; empty is the core one. */
  @Value.Default
  default String group() {
    return "";
  }

  /** Returns the kind; required. */
  @Value.Default
  default String kind() {
    return "";
  }

  /** Returns the name; required. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the namespace, which only may be that of the policy; empty. */
  @Value.Default
  default String namespace() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PolicyTargetReference}. Not thread-safe. */
  final class Builder extends ImmutablePolicyTargetReference.Builder {
    Builder() {}
  }
}
