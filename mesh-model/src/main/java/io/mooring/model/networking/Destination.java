package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A host, and where needed its subset and port. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Destination.Builder.class)
public interface Destination {

  /** Returns the service; a short name is completed with the rule's own namespace. */
  @Value.Default
  default String host() {
    return "";
  }

  /** Returns the subset of the {@link DestinationRule} of the host; empty is all. */
  @Value.Default
  default String subset() {
    return "";
  }

  /** Returns the port; may be absent where the service has one. */
  Optional<PortSelector> port();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Destination}. Not thread-safe. */
  final class Builder extends ImmutableDestination.Builder {
    Builder() {}
  }
}
