package io.mooring.xds.translate.cluster;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;

/** What holds for a cluster unless a DestinationRule says else. */
final class ClusterDefaults {

  /** Istio's {@code MeshConfig.connectTimeout}. */
  static final Duration CONNECT_TIMEOUT = Duration.newBuilder().setSeconds(10).build();

  private static final UInt32Value NO_LIMIT = UInt32Value.of(0xFFFF_FFFF);

  /** Thresholds without limits: Envoy's own are 1,024 connections and requests, 3 retries. */
  static final CircuitBreakers.Thresholds NO_THRESHOLDS =
      CircuitBreakers.Thresholds.newBuilder()
          .setMaxConnections(NO_LIMIT)
          .setMaxPendingRequests(NO_LIMIT)
          .setMaxRequests(NO_LIMIT)
          .setMaxRetries(NO_LIMIT)
          .setTrackRemaining(true)
          .build();

  static final CircuitBreakers UNLIMITED =
      CircuitBreakers.newBuilder().addThresholds(NO_THRESHOLDS).build();

  private ClusterDefaults() {}
}
