package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What holds for traffic to a host once it is routed: subsets, load balancing, pools, TLS.
 * Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = DestinationRule.Builder.class)
public interface DestinationRule extends ConfigObject {

  @Override
  default String kind() {
    return "DestinationRule";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default DestinationRuleSpec spec() {
    return DestinationRuleSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link DestinationRule}. Not thread-safe. */
  final class Builder extends ImmutableDestinationRule.Builder {
    Builder() {}
  }
}
