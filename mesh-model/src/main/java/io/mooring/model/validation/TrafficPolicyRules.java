package io.mooring.model.validation;

import io.mooring.model.networking.OutlierDetection;
import io.mooring.model.networking.PortTrafficPolicy;
import io.mooring.model.networking.TrafficPolicy;
import java.util.Set;

/** Rules of traffic policies, except those of load balancing. */
final class TrafficPolicyRules {

  private static final TrafficPolicy NOTHING = TrafficPolicy.builder().build();
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
    if (policy.tunnel().isPresent() && policy.proxyProtocol().isPresent()) {
      violations.conflict(path.field("proxyProtocol"), "excludes tunnel (expected: one of both)");
    }
    policy
        .proxyProtocol()
        .ifPresent(
            protocol -> violations.warning(path.field("proxyProtocol"), "", "not applied yet"));
    policy
        .retryBudget()
        .flatMap(TrafficPolicy.RetryBudget::budgetInterval)
        .ifPresent(
            interval ->
                violations.warning(
                    path.field("retryBudget").field("budgetInterval"), "", "not applied yet"));
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
            balancer ->
                LoadBalancerRules.check(
                    balancer,
                    policy.outlierDetection().isPresent(),
                    path.field("loadBalancer"),
                    violations));
    policy
        .connectionPool()
        .ifPresent(
            pool -> ConnectionPoolRules.check(pool, path.field("connectionPool"), violations));
    policy
        .outlierDetection()
        .ifPresent(outlier -> checkOutlier(outlier, path.field("outlierDetection"), violations));
    policy.tls().ifPresent(tls -> ClientTlsRules.check(tls, path.field("tls"), violations));
  }

  static void checkOutlier(OutlierDetection outlier, FieldPath path, Violations violations) {
    outlier
        .consecutiveErrors()
        .ifPresent(
            errors ->
                violations.warning(
                    path.field("consecutiveErrors"),
                    errors,
                    "deprecated (expected: consecutiveGatewayErrors or consecutive5xxErrors)"));
    FieldPath codes = path.field("outlierDetectionHttpErrorCodes");
    if (!outlier.outlierDetectionHttpErrorCodes().isEmpty()) {
      violations.warning(codes, "", "not applied yet");
    }
    for (int i = 0; i < outlier.outlierDetectionHttpErrorCodes().size(); i++) {
      violations.range(codes.index(i), outlier.outlierDetectionHttpErrorCodes().get(i), 100, 599);
    }
    violations.positive(path.field("interval"), outlier.interval());
    violations.positive(path.field("baseEjectionTime"), outlier.baseEjectionTime());
    outlier
        .maxEjectionPercent()
        .ifPresent(percent -> violations.range(path.field("maxEjectionPercent"), percent, 0, 100));
    violations.range(path.field("minHealthPercent"), outlier.minHealthPercent(), 0, 100);
    violations.notNegative(path.field("consecutive5xxErrors"), outlier.consecutive5xxErrors());
    violations.notNegative(
        path.field("consecutiveGatewayErrors"), outlier.consecutiveGatewayErrors());
    violations.notNegative(
        path.field("consecutiveLocalOriginFailures"), outlier.consecutiveLocalOriginFailures());
    if (!outlier.splitExternalLocalOriginErrors()
        && outlier.consecutiveLocalOriginFailures().orElse(0) > 0) {
      violations.conflict(
          path.field("consecutiveLocalOriginFailures"),
          "has no effect (expected: splitExternalLocalOriginErrors: true beside it)");
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
}
