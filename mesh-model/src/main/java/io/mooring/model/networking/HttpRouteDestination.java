package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * One of the weighted destinations of an {@link HttpRoute}. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpRouteDestination.Builder.class)
public interface HttpRouteDestination {

  /** Returns where requests go. */
  @Value.Default
  default Destination destination() {
    return Destination.builder().build();
  }

  /** Returns the share relative to the other weights; counts as 100 where it is alone. */
  @Value.Default
  default int weight() {
    return 0;
  }

  /** Returns how headers are changed for this destination. */
  Optional<Headers> headers();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpRouteDestination}. Not thread-safe. */
  final class Builder extends ImmutableHttpRouteDestination.Builder {
    Builder() {}
  }
}
