package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What becomes of traffic to hosts that nobody defines. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/sidecar/">Sidecar</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = OutboundTrafficPolicy.Builder.class)
public interface OutboundTrafficPolicy {

  /** Returns the mode. */
  @Value.Default
  default Mode mode() {
    return Mode.REGISTRY_ONLY;
  }

  /** Returns the service that takes such traffic instead. */
  Optional<Destination> egressProxy();

  /** What becomes of such traffic. */
  enum Mode {
    /** It is dropped. */
    REGISTRY_ONLY,
    /** It goes where it wants. */
    ALLOW_ANY
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link OutboundTrafficPolicy}. Not thread-safe. */
  final class Builder extends ImmutableOutboundTrafficPolicy.Builder {
    Builder() {}
  }
}
