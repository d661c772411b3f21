package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * One rule of TLS that is passed through. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = TlsRoute.Builder.class)
public interface TlsRoute {

  /** Returns the alternatives, of which one must match; required. */
  List<TlsMatchAttributes> match();

  /** Returns the weighted destinations. */
  List<RouteDestination> route();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link TlsRoute}. Not thread-safe. */
  final class Builder extends ImmutableTlsRoute.Builder {
    Builder() {}
  }
}
