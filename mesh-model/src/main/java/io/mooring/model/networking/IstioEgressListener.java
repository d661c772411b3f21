package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A listener of a {@link Sidecar} for the workload itself. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/sidecar/">Sidecar</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = IstioEgressListener.Builder.class)
public interface IstioEgressListener {

  /** Returns the port; absent takes the traffic that no other listener does. */
  Optional<Port> port();

  /** Returns the IP or Unix socket to listen on; empty is chosen by the services. */
  @Value.Default
  default String bind() {
    return "";
  }

  /** Returns how traffic gets to the listener. */
  @Value.Default
  default CaptureMode captureMode() {
    return CaptureMode.DEFAULT;
  }

  /** Returns the services to reach, each {@code namespace/host}. */
  List<String> hosts();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link IstioEgressListener}. Not thread-safe. */
  final class Builder extends ImmutableIstioEgressListener.Builder {
    Builder() {}
  }
}
