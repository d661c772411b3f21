package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Routes requests for hosts to destinations: matching, weights, timeouts, faults. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = VirtualService.Builder.class)
public interface VirtualService extends ConfigObject {

  @Override
  default String kind() {
    return "VirtualService";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default VirtualServiceSpec spec() {
    return VirtualServiceSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link VirtualService}. Not thread-safe. */
  final class Builder extends ImmutableVirtualService.Builder {
    Builder() {}
  }
}
