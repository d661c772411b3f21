package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.immutables.value.Value;

/**
 * How an endpoint is chosen. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = LoadBalancerSettings.Builder.class)
public interface LoadBalancerSettings {

  /** Returns the algorithm; excludes {@link #consistentHash()}. */
  Optional<SimpleLb> simple();

  /** Returns what the choice depends on. */
  Optional<ConsistentHashLb> consistentHash();

  /** Returns the preference of localities; absent is the mesh's. */
  Optional<LocalityLoadBalancerSetting> localityLbSetting();

  /** Returns the preference of zones; excludes {@link #localityLbSetting()}. */
  Optional<ZoneAwareLoadBalancerSetting> zoneAwareLbSetting();

  /** Returns the deprecated form of {@link #warmup()}. */
  Optional<Duration> warmupDurationSecs();

  /** Returns how the traffic of a new endpoint rises. */
  Optional<Warmup> warmup();

  /** How the traffic of a new endpoint rises. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Warmup.Builder.class)
  interface Warmup {

    /** Returns how long; required. */
    Optional<Duration> duration();

    /** Returns where it begins, 0..100; absent is 10. */
    OptionalDouble minimumPercent();

    /** Returns the curve, at least 1; absent is 1, which is linear. */
    OptionalDouble aggression();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Warmup}. Not thread-safe. */
    final class Builder extends ImmutableWarmup.Builder {
      Builder() {}
    }
  }

  /** An algorithm without parameters. */
  enum SimpleLb {
    /** The mesh decides. */
    UNSPECIFIED,
    /** Deprecated name of {@link #LEAST_REQUEST}. */
    LEAST_CONN,
    /** Any. */
    RANDOM,
    /** The address that the client asked for. */
    PASSTHROUGH,
    /** In turn. */
    ROUND_ROBIN,
    /** The less busy of two. */
    LEAST_REQUEST
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link LoadBalancerSettings}. Not thread-safe. */
  final class Builder extends ImmutableLoadBalancerSettings.Builder {
    Builder() {}
  }
}
