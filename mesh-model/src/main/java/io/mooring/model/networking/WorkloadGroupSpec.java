package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a {@link WorkloadGroup} says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/workload-group/">WorkloadGroup</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = WorkloadGroupSpec.Builder.class)
public interface WorkloadGroupSpec {

  /** Returns the labels and annotations that every member gets. */
  Optional<WorkloadGroupMetadata> metadata();

  /** Returns the template of a member; its address is set when it joins. */
  @Value.Default
  default WorkloadEntrySpec template() {
    return WorkloadEntrySpec.builder().build();
  }

  /** Returns how the health of a member is probed. */
  Optional<ReadinessProbe> probe();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link WorkloadGroupSpec}. Not thread-safe. */
  final class Builder extends ImmutableWorkloadGroupSpec.Builder {
    Builder() {}
  }
}
