package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Settings of single services. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceSettings.Builder.class)
public interface ServiceSettings {

  /** Returns the settings. */
  Optional<Settings> settings();

  /** Returns the services. */
  List<String> hosts();

  /** What holds for the services. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Settings.Builder.class)
  interface Settings {

    /** Returns whether clients see only endpoints of their own cluster. */
    @Value.Default
    default boolean clusterLocal() {
      return false;
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Settings}. Not thread-safe. */
    final class Builder extends ImmutableSettings.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceSettings}. Not thread-safe. */
  final class Builder extends ImmutableServiceSettings.Builder {
    Builder() {}
  }
}
