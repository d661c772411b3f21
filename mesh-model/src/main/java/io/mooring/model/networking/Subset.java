package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A named part of the endpoints of a service. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Subset.Builder.class)
public interface Subset {

  /** Returns the name by which routes refer to it. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the labels that an endpoint must carry. */
  Map<String, String> labels();

  /** Returns what differs from the policy of the service. */
  Optional<TrafficPolicy> trafficPolicy();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Subset}. Not thread-safe. */
  final class Builder extends ImmutableSubset.Builder {
    Builder() {}
  }
}
