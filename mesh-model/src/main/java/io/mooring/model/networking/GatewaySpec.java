package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import org.immutables.value.Value;

/**
 * What a {@link Gateway} says. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/gateway/">Gateway</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = GatewaySpec.Builder.class)
public interface GatewaySpec {

  /** Returns what listens. */
  List<Server> servers();

  /** Returns the labels of the proxies that it configures; none are all of them. */
  Map<String, String> selector();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link GatewaySpec}. Not thread-safe. */
  final class Builder extends ImmutableGatewaySpec.Builder {
    Builder() {}
  }
}
