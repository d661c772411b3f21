package io.mooring.model;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.Map;
import org.immutables.value.Value;

/**
 * Selects workloads whose labels contain all of these. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/type/workload-selector/">WorkloadSelector</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = LabelSelector.Builder.class)
public interface LabelSelector {

  /** Returns the labels that a workload must carry; none select every workload. */
  Map<String, String> matchLabels();

  /** Returns whether {@code labels} contains every label of this selector. */
  default boolean matches(Map<String, String> labels) {
    return labels.entrySet().containsAll(matchLabels().entrySet());
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link LabelSelector}. Not thread-safe. */
  final class Builder extends ImmutableLabelSelector.Builder {
    Builder() {}
  }
}
