package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * One workload that is not a pod, e.g. a VM. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/workload-entry/">WorkloadEntry</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = WorkloadEntry.Builder.class)
public interface WorkloadEntry extends ConfigObject {

  @Override
  default String kind() {
    return "WorkloadEntry";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default WorkloadEntrySpec spec() {
    return WorkloadEntrySpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link WorkloadEntry}. Not thread-safe. */
  final class Builder extends ImmutableWorkloadEntry.Builder {
    Builder() {}
  }
}
