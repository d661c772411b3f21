package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Adds services to the mesh by name: hosts, ports and where their endpoints come from. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/service-entry/">ServiceEntry</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceEntry.Builder.class)
public interface ServiceEntry extends ConfigObject {

  @Override
  default String kind() {
    return "ServiceEntry";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default ServiceEntrySpec spec() {
    return ServiceEntrySpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<ServiceEntryStatus> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceEntry}. Not thread-safe. */
  final class Builder extends ImmutableServiceEntry.Builder {
    Builder() {}
  }
}
