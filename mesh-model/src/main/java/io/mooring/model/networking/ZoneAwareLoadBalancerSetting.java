package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.LocalityLoadBalancerSetting.Failover;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * Keeps traffic in the zone of the client as far as its endpoints can take it, and within the
 * region otherwise. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ZoneAwareLoadBalancerSetting.Builder.class)
public interface ZoneAwareLoadBalancerSetting {

  /** Returns whether zones matter; absent is yes. */
  Optional<Boolean> enabled();

  /** Returns where traffic goes when a region is unhealthy; none is anywhere. */
  List<Failover> failover();

  /** Returns the labels that order endpoints by likeness to the client. */
  List<String> failoverPriority();

  /** Returns how many endpoints there must be at least for zones to matter; absent is 6. */
  OptionalLong minClusterSize();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ZoneAwareLoadBalancerSetting}. Not thread-safe. */
  final class Builder extends ImmutableZoneAwareLoadBalancerSetting.Builder {
    Builder() {}
  }
}
