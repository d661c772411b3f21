package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Which services of other clusters are seen. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceScope.Builder.class)
public interface ServiceScope {

  /** Returns the namespaces of the services. */
  Optional<NamespaceSelector> namespaceSelector();

  /** Returns the labels of the services. */
  Optional<NamespaceSelector> servicesSelector();

  /** Returns who sees them. */
  @Value.Default
  default Scope scope() {
    return Scope.LOCAL;
  }

  /** Who sees services. */
  enum Scope {
    /** Clients of their own cluster. */
    LOCAL,
    /** Clients of all clusters. */
    GLOBAL
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceScope}. Not thread-safe. */
  final class Builder extends ImmutableServiceScope.Builder {
    Builder() {}
  }
}
