package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Map;
import org.immutables.value.Value;

/**
 * Selects workloads by label; no labels select every workload of the namespace. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/service-entry/">ServiceEntry</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = WorkloadSelector.Builder.class)
public interface WorkloadSelector {

  /** Returns the labels that a workload must carry. */
  Map<String, String> labels();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link WorkloadSelector}. Not thread-safe. */
  final class Builder extends ImmutableWorkloadSelector.Builder {
    Builder() {}
  }
}
