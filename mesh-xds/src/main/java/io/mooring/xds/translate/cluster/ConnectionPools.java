package io.mooring.xds.translate.cluster;

import static io.mooring.xds.translate.cluster.Durations.proto;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.v3.Percent;
import io.mooring.model.networking.ConnectionPoolSettings;
import io.mooring.model.networking.ConnectionPoolSettings.HttpSettings;
import io.mooring.model.networking.ConnectionPoolSettings.TcpSettings;
import io.mooring.model.networking.TrafficPolicy.RetryBudget;
import java.util.Optional;
import java.util.OptionalInt;

/** Translates the connection pool of a traffic policy. */
final class ConnectionPools {

  // What Istio makes of a retry budget that leaves a value out.
  private static final double RETRY_BUDGET_PERCENT = 20;
  private static final long RETRY_BUDGET_CONCURRENCY = 3;

  private ConnectionPools() {}

  /** Sets limits, connect timeout and keep-alive. */
  static void set(
      Cluster.Builder cluster,
      Optional<ConnectionPoolSettings> pool,
      Optional<RetryBudget> retryBudget) {
    CircuitBreakers.Thresholds.Builder limits = ClusterDefaults.NO_THRESHOLDS.toBuilder();
    pool.flatMap(ConnectionPoolSettings::tcp).ifPresent(tcp -> setTcp(cluster, limits, tcp));
    pool.flatMap(ConnectionPoolSettings::http).ifPresent(http -> setHttp(limits, http));
    retryBudget.ifPresent(budget -> setRetryBudget(limits, budget));
    cluster.setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(limits));
  }

  private static void setTcp(
      Cluster.Builder cluster, CircuitBreakers.Thresholds.Builder limits, TcpSettings tcp) {
    limit(tcp.maxConnections()).ifPresent(limits::setMaxConnections);
    tcp.connectTimeout().ifPresent(timeout -> cluster.setConnectTimeout(proto(timeout)));
    tcp.tcpKeepalive()
        .ifPresent(
            keepalive ->
                cluster
                    .getUpstreamConnectionOptionsBuilder()
                    .setTcpKeepalive(keepalive(keepalive)));
  }

  private static void setHttp(CircuitBreakers.Thresholds.Builder limits, HttpSettings http) {
    limit(http.http1MaxPendingRequests()).ifPresent(limits::setMaxPendingRequests);
    limit(http.http2MaxRequests()).ifPresent(limits::setMaxRequests);
    limit(http.maxRetries()).ifPresent(limits::setMaxRetries);
  }

  private static void setRetryBudget(
      CircuitBreakers.Thresholds.Builder limits, RetryBudget budget) {
    limits
        .clearMaxRetries()
        .getRetryBudgetBuilder()
        .setBudgetPercent(
            Percent.newBuilder().setValue(budget.percent().orElse(RETRY_BUDGET_PERCENT)))
        .setMinRetryConcurrency(
            UInt32Value.of((int) budget.minRetryConcurrency().orElse(RETRY_BUDGET_CONCURRENCY)));
  }

  private static TcpKeepalive keepalive(ConnectionPoolSettings.TcpKeepalive from) {
    TcpKeepalive.Builder keepalive = TcpKeepalive.newBuilder();
    from.probes().ifPresent(probes -> keepalive.setKeepaliveProbes(UInt32Value.of((int) probes)));
    from.time()
        .ifPresent(time -> keepalive.setKeepaliveTime(UInt32Value.of((int) time.toSeconds())));
    from.interval()
        .ifPresent(
            interval ->
                keepalive.setKeepaliveInterval(UInt32Value.of((int) interval.toSeconds())));
    return keepalive.build();
  }

  /** Returns the HTTP version after {@code useClientProtocol} and {@code h2UpgradePolicy}. */
  static UpstreamHttp version(UpstreamHttp declared, Optional<ConnectionPoolSettings> pool) {
    Optional<HttpSettings> http = pool.flatMap(ConnectionPoolSettings::http);
    if (http.map(HttpSettings::useClientProtocol).orElse(false)) {
      return UpstreamHttp.SAME_AS_CLIENT;
    }
    boolean upgrade =
        http.map(it -> it.h2UpgradePolicy() == HttpSettings.H2UpgradePolicy.UPGRADE).orElse(false);
    return upgrade ? UpstreamHttp.HTTP2 : declared;
  }

  /** Returns the HTTP options of a cluster that speaks {@code version}. */
  static HttpProtocolOptions.Builder httpOptions(
      UpstreamHttp version, Optional<ConnectionPoolSettings> pool) {
    Optional<HttpSettings> http = pool.flatMap(ConnectionPoolSettings::http);
    Http2ProtocolOptions.Builder http2 = Http2ProtocolOptions.newBuilder();
    http.flatMap(it -> limit(it.maxConcurrentStreams())).ifPresent(http2::setMaxConcurrentStreams);
    HttpProtocolOptions.Builder options = version.options(http2.build());
    http.flatMap(it -> limit(it.maxRequestsPerConnection()))
        .ifPresent(
            limit ->
                options.getCommonHttpProtocolOptionsBuilder().setMaxRequestsPerConnection(limit));
    http.flatMap(HttpSettings::idleTimeout)
        .or(() -> pool.flatMap(ConnectionPoolSettings::tcp).flatMap(TcpSettings::idleTimeout))
        .ifPresent(
            idle -> options.getCommonHttpProtocolOptionsBuilder().setIdleTimeout(proto(idle)));
    pool.flatMap(ConnectionPoolSettings::tcp)
        .flatMap(TcpSettings::maxConnectionDuration)
        .ifPresent(
            duration ->
                options
                    .getCommonHttpProtocolOptionsBuilder()
                    .setMaxConnectionDuration(proto(duration)));
    return options;
  }

  /** Zero means "no limit", as if it were absent. */
  private static Optional<UInt32Value> limit(OptionalInt value) {
    return value.isPresent() && value.getAsInt() > 0
        ? Optional.of(UInt32Value.of(value.getAsInt()))
        : Optional.empty();
  }
}
