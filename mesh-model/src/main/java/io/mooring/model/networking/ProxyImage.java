package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import org.immutables.value.Value;

/**
 * The image of a proxy. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/proxy-config/">ProxyConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ProxyImage.Builder.class)
public interface ProxyImage {

  /** Returns the variant, e.g. {@code distroless}. */
  @Value.Default
  default String imageType() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProxyImage}. Not thread-safe. */
  final class Builder extends ImmutableProxyImage.Builder {
    Builder() {}
  }
}
