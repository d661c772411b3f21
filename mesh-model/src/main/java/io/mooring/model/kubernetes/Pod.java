package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A Kubernetes Pod, as far as a mesh reads it. Immutable; fields that a mesh does not read are
 * passed over.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/">Pod</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Pod.Builder.class)
public interface Pod extends ConfigObject {

  @Override
  default String kind() {
    return "Pod";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default PodSpec spec() {
    return PodSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<PodStatus> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Pod}. Not thread-safe. */
  final class Builder extends ImmutablePod.Builder {
    Builder() {}
  }
}
