package io.mooring.model.validation;

import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.ConnectionPoolSettings;
import io.mooring.model.networking.OutlierDetection;
import io.mooring.model.networking.PortTrafficPolicy;
import io.mooring.model.networking.TrafficPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Rules of traffic policies, except those of load balancing. */
final class TrafficPolicyRules {

  private static final TrafficPolicy NOTHING = TrafficPolicy.builder().build();
  private static final Duration LONGEST_CONNECT = Duration.ofHours(1);
  private static final Set<String> TUNNELS = Set.of("", "CONNECT", "POST");

  private TrafficPolicyRules() {}

  static void check(TrafficPolicy policy, FieldPath path, Violations violations) {
    if (policy.equals(NOTHING)) {
      violations.missing(path, "at least one setting");
    }
    checkCommon(
        PortTrafficPolicy.builder()
            .loadBalancer(policy.loadBalancer())
            .connectionPool(policy.connectionPool())
            .outlierDetection(policy.outlierDetection())
            .tls(policy.tls())
            .build(),
        path,
        violations);
    for (int i = 0; i < policy.portLevelSettings().size(); i++) {
      checkPort(
          policy.portLevelSettings().get(i), path.field("portLevelSettings").index(i), violations);
    }
    policy.tunnel().ifPresent(tunnel -> checkTunnel(tunnel, path.field("tunnel"), violations));
    policy
        .proxyProtocol()
        .ifPresent(
            protocol -> violations.warning(path.field("proxyProtocol"), "", "not applied yet"));
    policy
        .retryBudget()
        .flatMap(budget -> budget.percent().stream().boxed().findFirst())
        .ifPresent(
            percent -> violations.percent(path.field("retryBudget").field("percent"), percent));
  }

  private static void checkPort(PortTrafficPolicy policy, FieldPath path, Violations violations) {
    if (policy.port().isEmpty()) {
      violations.missing(path.field("port"), "a port number");
    } else {
      violations.port(path.field("port").field("number"), policy.port().get().number());
    }
    if (policy.loadBalancer().isEmpty()
        && policy.connectionPool().isEmpty()
        && policy.outlierDetection().isEmpty()
        && policy.tls().isEmpty()) {
      violations.missing(path, "at least one setting besides the port");
    }
    checkCommon(policy, path, violations);
  }

  private static void checkCommon(PortTrafficPolicy policy, FieldPath path, Violations violations) {
    policy
        .loadBalancer()
        .ifPresent(
            balancer -> LoadBalancerRules.check(balancer, path.field("loadBalancer"), violations));
    policy
        .connectionPool()
        .ifPresent(pool -> checkPool(pool, path.field("connectionPool"), violations));
    policy
        .outlierDetection()
        .ifPresent(outlier -> checkOutlier(outlier, path.field("outlierDetection"), violations));
    policy.tls().ifPresent(tls -> checkTls(tls, path.field("tls"), violations));
  }

  private static void checkPool(
      ConnectionPoolSettings pool, FieldPath path, Violations violations) {
    if (pool.tcp().isEmpty() && pool.http().isEmpty()) {
      violations.missing(path, "tcp, http or both");
    }
    pool.tcp().ifPresent(tcp -> checkTcp(tcp, path.field("tcp"), violations));
    pool.http().ifPresent(http -> checkHttp(http, path.field("http"), violations));
  }

  private static void checkTcp(
      ConnectionPoolSettings.TcpSettings tcp, FieldPath path, Violations violations) {
    notNegative(tcp.maxConnections(), path.field("maxConnections"), violations);
    tcp.connectTimeout()
        .ifPresent(
            timeout -> {
              violations.positive(path.field("connectTimeout"), timeout);
              if (timeout.compareTo(LONGEST_CONNECT) > 0) {
                violations.error(
                    path.field("connectTimeout"), Violations.seconds(timeout), "at most 1h");
              }
            });
    positive(tcp.maxConnectionDuration(), path.field("maxConnectionDuration"), violations);
    tcp.idleTimeout()
        .filter(Duration::isNegative)
        .ifPresent(
            timeout ->
                violations.error(
                    path.field("idleTimeout"), Violations.seconds(timeout), "0 or more"));
    tcp.tcpKeepalive()
        .ifPresent(
            keepalive -> {
              FieldPath at = path.field("tcpKeepalive");
              notNegative(keepalive.probes(), at.field("probes"), violations);
              positive(keepalive.time(), at.field("time"), violations);
              positive(keepalive.interval(), at.field("interval"), violations);
            });
  }

  private static void checkHttp(
      ConnectionPoolSettings.HttpSettings http, FieldPath path, Violations violations) {
    notNegative(http.http1MaxPendingRequests(), path.field("http1MaxPendingRequests"), violations);
    notNegative(http.http2MaxRequests(), path.field("http2MaxRequests"), violations);
    notNegative(
        http.maxRequestsPerConnection(), path.field("maxRequestsPerConnection"), violations);
    notNegative(http.maxRetries(), path.field("maxRetries"), violations);
    notNegative(http.maxConcurrentStreams(), path.field("maxConcurrentStreams"), violations);
    positive(http.idleTimeout(), path.field("idleTimeout"), violations);
    if (http.useClientProtocol()
        && http.h2UpgradePolicy() == ConnectionPoolSettings.HttpSettings.H2UpgradePolicy.UPGRADE) {
      violations.conflict(
          path.field("useClientProtocol"), "excludes h2UpgradePolicy UPGRADE (expected: one)");
    }
  }

  private static void checkOutlier(
      OutlierDetection outlier, FieldPath path, Violations violations) {
    outlier
        .consecutiveErrors()
        .ifPresent(
            errors ->
                violations.warning(
                    path.field("consecutiveErrors"),
                    errors,
                    "deprecated (expected: consecutiveGatewayErrors or consecutive5xxErrors)"));
    positive(outlier.interval(), path.field("interval"), violations);
    positive(outlier.baseEjectionTime(), path.field("baseEjectionTime"), violations);
    outlier
        .maxEjectionPercent()
        .ifPresent(percent -> violations.range(path.field("maxEjectionPercent"), percent, 0, 100));
    violations.range(path.field("minHealthPercent"), outlier.minHealthPercent(), 0, 100);
    notNegative(outlier.consecutive5xxErrors(), path.field("consecutive5xxErrors"), violations);
    notNegative(
        outlier.consecutiveGatewayErrors(), path.field("consecutiveGatewayErrors"), violations);
    notNegative(
        outlier.consecutiveLocalOriginFailures(),
        path.field("consecutiveLocalOriginFailures"),
        violations);
    if (!outlier.splitExternalLocalOriginErrors()
        && outlier.consecutiveLocalOriginFailures().orElse(0) > 0) {
      violations.conflict(
          path.field("consecutiveLocalOriginFailures"),
          "has no effect (expected: splitExternalLocalOriginErrors: true beside it)");
    }
  }

  private static void checkTls(ClientTlsSettings tls, FieldPath path, Violations violations) {
    boolean files =
        !tls.clientCertificate().isEmpty()
            || !tls.privateKey().isEmpty()
            || !tls.caCertificates().isEmpty();
    boolean secret = !tls.credentialName().isEmpty();
    switch (tls.mode()) {
      case DISABLE -> {}
      case SIMPLE -> {
        if (secret && files) {
          violations.conflict(
              path.field("credentialName"), "excludes files (expected: one of both)");
        }
      }
      case MUTUAL -> {
        if (secret && files) {
          violations.conflict(
              path.field("credentialName"), "excludes files (expected: one of both)");
        } else if (!secret && tls.clientCertificate().isEmpty()) {
          violations.missing(path.field("clientCertificate"), "a file, or credentialName");
        } else if (!secret && tls.privateKey().isEmpty()) {
          violations.missing(path.field("privateKey"), "a file");
        }
      }
      case ISTIO_MUTUAL -> {
        if (secret || files) {
          violations.conflict(path, "mode ISTIO_MUTUAL brings its certificates (expected: none)");
        }
      }
    }
    for (int i = 0; i < tls.subjectAltNames().size(); i++) {
      if (tls.subjectAltNames().get(i).isEmpty()) {
        violations.missing(path.field("subjectAltNames").index(i), "a name");
      }
    }
  }

  private static void checkTunnel(
      TrafficPolicy.TunnelSettings tunnel, FieldPath path, Violations violations) {
    violations.warning(path, "", "not applied yet");
    if (!TUNNELS.contains(tunnel.protocol())) {
      violations.error(path.field("protocol"), tunnel.protocol(), "CONNECT or POST");
    }
    if (tunnel.targetHost().isEmpty()) {
      violations.missing(path.field("targetHost"), "a DNS name or an IP");
    } else if (!Names.isHost(tunnel.targetHost()) && !Addresses.isIp(tunnel.targetHost())) {
      violations.error(path.field("targetHost"), tunnel.targetHost(), "a DNS name or an IP");
    }
    violations.port(path.field("targetPort"), tunnel.targetPort());
  }

  private static void positive(Optional<Duration> value, FieldPath path, Violations violations) {
    value.ifPresent(duration -> violations.positive(path, duration));
  }

  private static void notNegative(OptionalInt value, FieldPath path, Violations violations) {
    if (value.isPresent() && value.getAsInt() < 0) {
      violations.error(path, value.getAsInt(), "0 or more");
    }
  }

  private static void notNegative(OptionalLong value, FieldPath path, Violations violations) {
    value.ifPresent(number -> violations.range(path, number, 0, 4_294_967_295L));
  }
}
