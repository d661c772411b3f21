package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A set of like VMs: the template of the entries that they get when they join. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/workload-group/">WorkloadGroup</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = WorkloadGroup.Builder.class)
public interface WorkloadGroup extends ConfigObject {

  @Override
  default String kind() {
    return "WorkloadGroup";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default WorkloadGroupSpec spec() {
    return WorkloadGroupSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link WorkloadGroup}. Not thread-safe. */
  final class Builder extends ImmutableWorkloadGroup.Builder {
    Builder() {}
  }
}
