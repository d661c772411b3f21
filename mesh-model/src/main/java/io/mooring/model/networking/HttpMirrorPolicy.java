package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Where copies of requests go. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = HttpMirrorPolicy.Builder.class)
public interface HttpMirrorPolicy {

  /** Returns where. */
  @Value.Default
  default Destination destination() {
    return Destination.builder().build();
  }

  /** Returns the share of requests; absent is all. */
  Optional<Percent> percentage();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link HttpMirrorPolicy}. Not thread-safe. */
  final class Builder extends ImmutableHttpMirrorPolicy.Builder {
    Builder() {}
  }
}
