package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
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

  /**
   * Shares of the traffic of one locality. Immutable.
   *
   * @param from locality of the client, {@code *} for any part
   * @param to percent by locality; the sum is 100
   */
  record Distribute(String from, Map<String, Long> to) {

    /** Makes absent text and shares empty. */
    public Distribute {
      from = Objects.requireNonNullElse(from, "");
      to = Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNullElse(to, Map.of())));
    }
  }

  /**
   * Where traffic goes when a region is unhealthy. Immutable.
   *
   * @param from region
   * @param to region that takes over
   */
  record Failover(String from, String to) {

    /** Makes absent text empty. */
    public Failover {
      from = Objects.requireNonNullElse(from, "");
      to = Objects.requireNonNullElse(to, "");
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
