package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * When and how often a request is tried again. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpRetry.Builder.class)
public interface HttpRetry {

  /** Returns how often at most; 0 is never. */
  @Value.Default
  default int attempts() {
    return 0;
  }

  /** Returns the timeout of one attempt; absent is that of the route. */
  Optional<Duration> perTryTimeout();

  /** Returns the conditions, comma-separated, as Envoy names them; empty is Istio's default. */
  @Value.Default
  default String retryOn() {
    return "";
  }

  /** Returns whether other localities are tried. */
  Optional<Boolean> retryRemoteLocalities();

  /** Returns whether hosts that failed before are left out. */
  Optional<Boolean> retryIgnorePreviousHosts();

  /** Returns the wait before the second attempt. */
  Optional<Duration> backoff();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpRetry}. Not thread-safe. */
  final class Builder extends ImmutableHttpRetry.Builder {
    Builder() {}
  }
}
