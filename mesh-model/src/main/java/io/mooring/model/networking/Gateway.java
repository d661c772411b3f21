package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Opens ports at the edge of the mesh, for the hosts that VirtualServices bind to it. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/gateway/">Gateway</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Gateway.Builder.class)
public interface Gateway extends ConfigObject {

  @Override
  default String kind() {
    return "Gateway";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default GatewaySpec spec() {
    return GatewaySpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Gateway}. Not thread-safe. */
  final class Builder extends ImmutableGateway.Builder {
    Builder() {}
  }
}
