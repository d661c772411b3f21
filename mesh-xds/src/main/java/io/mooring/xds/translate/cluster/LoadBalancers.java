package io.mooring.xds.translate.cluster;

import static io.mooring.xds.translate.cluster.Durations.proto;

import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.type.v3.Percent;
import io.mooring.model.networking.ConsistentHashLb;
import io.mooring.model.networking.LoadBalancerSettings;
import io.mooring.model.networking.LoadBalancerSettings.SimpleLb;
import io.mooring.model.networking.LoadBalancerSettings.Warmup;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Translates the load balancer of a traffic policy. */
final class LoadBalancers {

  private static final long MIN_RING_SIZE = 1024;
  private static final double WARMUP_MIN_PERCENT = 10;
  private static final double WARMUP_AGGRESSION = 1;

  private LoadBalancers() {}

  /** Returns whether each connection goes where the client was going. */
  static boolean isPassthrough(Optional<LoadBalancerSettings> settings) {
    return settings.flatMap(LoadBalancerSettings::simple).equals(Optional.of(SimpleLb.PASSTHROUGH));
  }

  static void set(Cluster.Builder cluster, LoadBalancerSettings settings) {
    if (settings.consistentHash().isPresent()) {
      setHash(cluster, settings.consistentHash().get());
      return;
    }
    switch (settings.simple().orElse(SimpleLb.UNSPECIFIED)) {
      case RANDOM -> cluster.setLbPolicy(Cluster.LbPolicy.RANDOM);
      case ROUND_ROBIN -> {
        cluster.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN);
        slowStart(settings)
            .ifPresent(start -> cluster.getRoundRobinLbConfigBuilder().setSlowStartConfig(start));
      }
      case UNSPECIFIED, LEAST_CONN, LEAST_REQUEST, PASSTHROUGH -> {
        cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
        slowStart(settings)
            .ifPresent(start -> cluster.getLeastRequestLbConfigBuilder().setSlowStartConfig(start));
      }
    }
  }

  private static void setHash(Cluster.Builder cluster, ConsistentHashLb hash) {
    if (hash.maglev().isPresent()) {
      cluster.setLbPolicy(Cluster.LbPolicy.MAGLEV);
      hash.maglev()
          .get()
          .tableSize()
          .ifPresent(size -> cluster.getMaglevLbConfigBuilder().setTableSize(UInt64Value.of(size)));
      return;
    }
    OptionalLong size =
        hash.ringHash()
            .map(ConsistentHashLb.RingHash::minimumRingSize)
            .orElseGet(hash::minimumRingSize);
    cluster
        .setLbPolicy(Cluster.LbPolicy.RING_HASH)
        .getRingHashLbConfigBuilder()
        .setMinimumRingSize(UInt64Value.of(size.orElse(MIN_RING_SIZE)));
  }

  private static Optional<Cluster.SlowStartConfig> slowStart(LoadBalancerSettings settings) {
    Optional<Duration> window =
        settings.warmup().flatMap(Warmup::duration).or(settings::warmupDurationSecs);
    if (window.isEmpty()) {
      return Optional.empty();
    }
    double percent =
        settings
            .warmup()
            .map(it -> it.minimumPercent().orElse(WARMUP_MIN_PERCENT))
            .orElse(WARMUP_MIN_PERCENT);
    double aggression =
        settings
            .warmup()
            .map(it -> it.aggression().orElse(WARMUP_AGGRESSION))
            .orElse(WARMUP_AGGRESSION);
    return Optional.of(
        Cluster.SlowStartConfig.newBuilder()
            .setSlowStartWindow(proto(window.get()))
            .setMinWeightPercent(Percent.newBuilder().setValue(percent))
            .setAggression(
                RuntimeDouble.newBuilder()
                    .setDefaultValue(aggression)
                    .setRuntimeKey("mooring.slow_start.aggression"))
            .build());
  }
}
