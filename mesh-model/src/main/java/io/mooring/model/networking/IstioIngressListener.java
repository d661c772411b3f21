package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A listener of a {@link Sidecar} for other workloads. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/sidecar/">Sidecar</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = IstioIngressListener.Builder.class)
public interface IstioIngressListener {

  /** Returns the port; required. */
  Optional<Port> port();

  /** Returns the IP to listen on; empty is the workload's. */
  @Value.Default
  default String bind() {
    return "";
  }

  /** Returns how traffic gets to the listener. */
  @Value.Default
  default CaptureMode captureMode() {
    return CaptureMode.DEFAULT;
  }

  /**
   * Returns where traffic goes: an address with a port, or a Unix socket; empty is the port itself.
   */
  @Value.Default
  default String defaultEndpoint() {
    return "";
  }

  /** Returns how connections are secured. */
  Optional<ServerTlsSettings> tls();

  /** Returns the limits of connections; absent are those of the Sidecar. */
  Optional<ConnectionPoolSettings> connectionPool();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link IstioIngressListener}. Not thread-safe. */
  final class Builder extends ImmutableIstioIngressListener.Builder {
    Builder() {}
  }
}
