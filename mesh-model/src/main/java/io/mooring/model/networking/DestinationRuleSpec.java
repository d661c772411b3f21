package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.LabelSelector;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a {@link DestinationRule} says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = DestinationRuleSpec.Builder.class)
public interface DestinationRuleSpec {

  /** Returns the service; a short name is completed with the rule's own namespace. */
  @Value.Default
  default String host() {
    return "";
  }

  /** Returns the policy of the whole service. */
  Optional<TrafficPolicy> trafficPolicy();

  /** Returns the named parts of the service. */
  List<Subset> subsets();

  /** Returns the namespaces that see it; empty means the mesh default. */
  List<String> exportTo();

  /** Returns the clients it is for; absent is all. */
  Optional<LabelSelector> workloadSelector();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link DestinationRuleSpec}. Not thread-safe. */
  final class Builder extends ImmutableDestinationRuleSpec.Builder {
    Builder() {}
  }
}
