package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import org.immutables.value.Value;

/**
 * One of the weighted destinations of a {@link TcpRoute} or {@link TlsRoute}. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = RouteDestination.Builder.class)
public interface RouteDestination {

  /** Returns where connections go. */
  @Value.Default
  default Destination destination() {
    return Destination.builder().build();
  }

  /** Returns the share relative to the other weights; counts as 100 where it is alone. */
  @Value.Default
  default int weight() {
    return 0;
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link RouteDestination}. Not thread-safe. */
  final class Builder extends ImmutableRouteDestination.Builder {
    Builder() {}
  }
}
