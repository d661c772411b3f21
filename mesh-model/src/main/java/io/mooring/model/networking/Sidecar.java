package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What proxies accept and what they may reach. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/sidecar/">Sidecar</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Sidecar.Builder.class)
public interface Sidecar extends ConfigObject {

  @Override
  default String kind() {
    return "Sidecar";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default SidecarSpec spec() {
    return SidecarSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Sidecar}. Not thread-safe. */
  final class Builder extends ImmutableSidecar.Builder {
    Builder() {}
  }
}
