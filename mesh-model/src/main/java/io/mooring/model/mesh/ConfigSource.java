package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.ClientTlsSettings;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A place where configuration comes from. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ConfigSource.Builder.class)
public interface ConfigSource {

  /** Returns the address: {@code xds://host:port}, {@code k8s://} or {@code fs:///directory}. */
  @Value.Default
  default String address() {
    return "";
  }

  /** Returns how the connection is secured. */
  Optional<ClientTlsSettings> tlsSettings();

  /** Returns what is read there; none are all. */
  List<Resource> subscribedResources();

  /** Something to read. */
  enum Resource {
    /** The services of a platform. */
    SERVICE_REGISTRY
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ConfigSource}. Not thread-safe. */
  final class Builder extends ImmutableConfigSource.Builder {
    Builder() {}
  }
}
