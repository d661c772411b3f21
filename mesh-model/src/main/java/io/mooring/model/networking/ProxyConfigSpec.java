package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.LabelSelector;
import io.mooring.model.MeshStyle;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * What a {@link ProxyConfig} says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/proxy-config/">ProxyConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ProxyConfigSpec.Builder.class)
public interface ProxyConfigSpec {

  /**
   * Returns which workloads it binds; absent means the whole namespace, or mesh in the root
   * namespace.
   */
  Optional<LabelSelector> selector();

  /** Returns how many worker threads a proxy has; 0 is one a core. */
  OptionalInt concurrency();

  /** Returns the variables of the proxy's environment. */
  Map<String, String> environmentVariables();

  /** Returns the image of the proxy. */
  Optional<ProxyImage> image();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProxyConfigSpec}. Not thread-safe. */
  final class Builder extends ImmutableProxyConfigSpec.Builder {
    Builder() {}
  }
}
