package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import org.immutables.value.Value;

/**
 * The networks of the mesh and their gateways. Immutable; as a document of its own or in the
 * ConfigMap {@code istio} of the root namespace, key {@code meshNetworks}.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshNetworks</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = MeshNetworks.Builder.class)
public interface MeshNetworks extends ConfigObject {

  @Override
  default String kind() {
    return "MeshNetworks";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default MeshNetworksSpec spec() {
    return MeshNetworksSpec.builder().build();
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MeshNetworks}. Not thread-safe. */
  final class Builder extends ImmutableMeshNetworks.Builder {
    Builder() {}
  }
}
