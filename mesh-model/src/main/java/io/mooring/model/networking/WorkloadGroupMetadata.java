package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Map;
import org.immutables.value.Value;

/**
 * What every member of a {@link WorkloadGroup} gets besides the template. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/workload-group/">WorkloadGroup</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = WorkloadGroupMetadata.Builder.class)
public interface WorkloadGroupMetadata {

  /** Returns the labels. */
  Map<String, String> labels();

  /** Returns the annotations. */
  Map<String, String> annotations();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link WorkloadGroupMetadata}. Not thread-safe. */
  final class Builder extends ImmutableWorkloadGroupMetadata.Builder {
    Builder() {}
  }
}
