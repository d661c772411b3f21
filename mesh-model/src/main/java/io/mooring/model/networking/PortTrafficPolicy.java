package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A {@link TrafficPolicy} for one port, which it replaces as a whole. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = PortTrafficPolicy.Builder.class)
public interface PortTrafficPolicy {

  /** Returns the port of the service. */
  Optional<PortSelector> port();

  /** Returns how an endpoint is chosen. */
  Optional<LoadBalancerSettings> loadBalancer();

  /** Returns the limits of connections and requests. */
  Optional<ConnectionPoolSettings> connectionPool();

  /** Returns when an endpoint is left out for a while. */
  Optional<OutlierDetection> outlierDetection();

  /** Returns how connections are secured. */
  Optional<ClientTlsSettings> tls();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PortTrafficPolicy}. Not thread-safe. */
  final class Builder extends ImmutablePortTrafficPolicy.Builder {
    Builder() {}
  }
}
