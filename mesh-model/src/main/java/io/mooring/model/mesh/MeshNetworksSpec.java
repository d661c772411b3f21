package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Map;
import org.immutables.value.Value;

/**
 * What {@link MeshNetworks} say. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshNetworks</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = MeshNetworksSpec.Builder.class)
public interface MeshNetworksSpec {

  /** Returns the networks by name. */
  Map<String, Network> networks();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MeshNetworksSpec}. Not thread-safe. */
  final class Builder extends ImmutableMeshNetworksSpec.Builder {
    Builder() {}
  }
}
