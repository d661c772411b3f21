package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A Kubernetes Service, as far as a mesh reads it. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/">Service</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Service.Builder.class)
public interface Service extends ConfigObject {

  @Override
  default String kind() {
    return "Service";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default ServiceSpec spec() {
    return ServiceSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<ServiceStatus> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Service}. Not thread-safe. */
  final class Builder extends ImmutableService.Builder {
    Builder() {}
  }
}
