package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Settings of proxies themselves, which take effect when a proxy starts. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/proxy-config/">ProxyConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ProxyConfig.Builder.class)
public interface ProxyConfig extends ConfigObject {

  @Override
  default String kind() {
    return "ProxyConfig";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default ProxyConfigSpec spec() {
    return ProxyConfigSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProxyConfig}. Not thread-safe. */
  final class Builder extends ImmutableProxyConfig.Builder {
    Builder() {}
  }
}
