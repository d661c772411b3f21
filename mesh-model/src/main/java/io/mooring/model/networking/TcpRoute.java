package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * One rule of opaque TCP. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = TcpRoute.Builder.class)
public interface TcpRoute {

  /** Returns the alternatives, of which one must match; empty matches all. */
  List<L4MatchAttributes> match();

  /** Returns the weighted destinations. */
  List<RouteDestination> route();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link TcpRoute}. Not thread-safe. */
  final class Builder extends ImmutableTcpRoute.Builder {
    Builder() {}
  }
}
