package io.mooring.model.validation;

import io.mooring.model.networking.ConnectionPoolSettings;
import io.mooring.model.networking.ConnectionPoolSettings.HttpSettings;
import io.mooring.model.networking.ConnectionPoolSettings.TcpKeepalive;
import io.mooring.model.networking.ConnectionPoolSettings.TcpSettings;
import java.time.Duration;
import java.util.Optional;

/** Rules of the limits of connections. */
final class ConnectionPoolRules {

  private ConnectionPoolRules() {}

  static void check(ConnectionPoolSettings pool, FieldPath path, Violations violations) {
    if (pool.tcp().isEmpty() && pool.http().isEmpty()) {
      violations.missing(path, "tcp, http or both");
    }
    pool.tcp().ifPresent(tcp -> checkTcp(tcp, path.field("tcp"), violations));
    pool.http().ifPresent(http -> checkHttp(http, path.field("http"), violations));
  }

  private static void checkTcp(TcpSettings tcp, FieldPath path, Violations violations) {
    violations.notNegative(path.field("maxConnections"), tcp.maxConnections());
    violations.positive(path.field("connectTimeout"), tcp.connectTimeout());
    violations.positive(path.field("maxConnectionDuration"), tcp.maxConnectionDuration());
    violations.positive( // none is for ever
        path.field("idleTimeout"), tcp.idleTimeout().filter(time -> !time.equals(Duration.ZERO)));
    tcp.tcpKeepalive()
        .ifPresent(keepalive -> checkKeepalive(keepalive, path.field("tcpKeepalive"), violations));
  }

  static void checkKeepalive(TcpKeepalive keepalive, FieldPath path, Violations violations) {
    violations.notNegative(path.field("probes"), keepalive.probes());
    violations.positive(path.field("time"), keepalive.time());
    violations.positive(path.field("interval"), keepalive.interval());
  }

  private static void checkHttp(HttpSettings http, FieldPath path, Violations violations) {
    violations.notNegative(path.field("http1MaxPendingRequests"), http.http1MaxPendingRequests());
    violations.notNegative(path.field("http2MaxRequests"), http.http2MaxRequests());
    violations.notNegative(path.field("maxRequestsPerConnection"), http.maxRequestsPerConnection());
    violations.notNegative(path.field("maxRetries"), http.maxRetries());
    violations.notNegative(path.field("maxConcurrentStreams"), http.maxConcurrentStreams());
    violations.positive(path.field("idleTimeout"), http.idleTimeout());
    http.http2KeepAlive()
        .ifPresent(
            pings -> {
              required(
                  pings.interval(), path.field("http2KeepAlive").field("interval"), violations);
              required(pings.timeout(), path.field("http2KeepAlive").field("timeout"), violations);
            });
    if (http.useClientProtocol()
        && http.h2UpgradePolicy() == HttpSettings.H2UpgradePolicy.UPGRADE) {
      violations.conflict(
          path.field("useClientProtocol"), "excludes h2UpgradePolicy UPGRADE (expected: one)");
    }
  }

  private static void required(Optional<Duration> time, FieldPath path, Violations violations) {
    if (time.isEmpty()) {
      violations.missing(path, "a duration");
    }
    violations.positive(path, time);
  }
}
