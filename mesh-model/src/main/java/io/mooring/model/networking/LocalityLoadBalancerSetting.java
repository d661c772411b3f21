package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Which localities get the traffic of a locality; one of three ways. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = LocalityLoadBalancerSetting.Builder.class)
public interface LocalityLoadBalancerSetting {

  /** Returns fixed shares. */
  List<Distribute> distribute();

  /** Returns where traffic goes when a region is unhealthy. */
  List<Failover> failover();

  /** Returns the labels that order endpoints by likeness to the client. */
  List<String> failoverPriority();

  /** Returns whether localities matter; absent is the mesh's choice. */
  Optional<Boolean> enabled();

  /** Shares of the traffic of one locality. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Distribute.Builder.class)
  interface Distribute {

    /** Returns the locality of the client, {@code *} for any part. */
    @Value.Default
    default String from() {
      return "";
    }

    /** Returns percent by locality; the sum is 100. */
    Map<String, Long> to();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Distribute}. Not thread-safe. */
    final class Builder extends ImmutableDistribute.Builder {
      Builder() {}
    }
  }

  /** Where traffic goes when a region is unhealthy. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Failover.Builder.class)
  interface Failover {

    /** Returns the region. */
    @Value.Default
    default String from() {
      return "";
    }

    /** Returns the region that takes over. */
    @Value.Default
    default String to() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Failover}. Not thread-safe. */
    final class Builder extends ImmutableFailover.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link LocalityLoadBalancerSetting}. Not thread-safe. */
  final class Builder extends ImmutableLocalityLoadBalancerSetting.Builder {
    Builder() {}
  }
}
