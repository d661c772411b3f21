package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import org.immutables.value.Value;

/**
 * Settings of the whole mesh. Immutable; as a document of its own or in the ConfigMap {@code istio}
 * of the root namespace, key {@code mesh}.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = MeshConfig.Builder.class)
public interface MeshConfig extends ConfigObject {

  @Override
  default String kind() {
    return "MeshConfig";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default MeshConfigSpec spec() {
    return MeshConfigSpec.builder().build();
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MeshConfig}. Not thread-safe. */
  final class Builder extends ImmutableMeshConfig.Builder {
    Builder() {}
  }
}
