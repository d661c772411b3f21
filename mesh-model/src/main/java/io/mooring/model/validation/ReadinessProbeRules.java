package io.mooring.model.validation;

import io.mooring.model.networking.ReadinessProbe;
import java.util.List;
import java.util.Set;

/**
 * Rules of readiness probes. One by gRPC is accepted: API and agent know it, and only Istio's
 * webhook forgot it.
 */
final class ReadinessProbeRules {

  private static final Set<String> SCHEMES = Set.of("", "HTTP", "HTTPS");

  private ReadinessProbeRules() {}

  static void check(ReadinessProbe probe, FieldPath path, Violations violations) {
    notNegative(path.field("initialDelaySeconds"), probe.initialDelaySeconds(), violations);
    notNegative(path.field("timeoutSeconds"), probe.timeoutSeconds(), violations);
    notNegative(path.field("periodSeconds"), probe.periodSeconds(), violations);
    notNegative(path.field("successThreshold"), probe.successThreshold(), violations);
    notNegative(path.field("failureThreshold"), probe.failureThreshold(), violations);
    int methods = 0;
    if (probe.httpGet().isPresent()) {
      methods++;
      checkHttp(probe.httpGet().get(), path.field("httpGet"), violations);
    }
    if (probe.tcpSocket().isPresent()) {
      methods++;
      violations.port(path.field("tcpSocket").field("port"), probe.tcpSocket().get().port());
    }
    if (probe.exec().isPresent()) {
      methods++;
      checkCommand(probe.exec().get().command(), path.field("exec").field("command"), violations);
    }
    if (probe.grpc().isPresent()) {
      methods++;
      violations.port(path.field("grpc").field("port"), probe.grpc().get().port());
    }
    if (methods != 1) {
      violations.conflict(
          path, methods + " methods (expected: one of httpGet, tcpSocket, exec, grpc)");
    }
  }

  private static void checkCommand(List<String> command, FieldPath path, Violations violations) {
    if (command.isEmpty()) {
      violations.missing(path, "a program and its arguments");
    }
    for (int i = 0; i < command.size(); i++) {
      if (command.get(i).isEmpty()) {
        violations.missing(path.index(i), "at least one character");
      }
    }
  }

  private static void checkHttp(
      ReadinessProbe.HttpGet probe, FieldPath path, Violations violations) {
    violations.port(path.field("port"), probe.port());
    if (!SCHEMES.contains(probe.scheme())) {
      violations.error(path.field("scheme"), probe.scheme(), "HTTP or HTTPS");
    }
    for (int i = 0; i < probe.httpHeaders().size(); i++) {
      String name = probe.httpHeaders().get(i).name();
      if (!Names.isProbeHeader(name)) {
        violations.error(
            path.field("httpHeaders").index(i).field("name"),
            name,
            "a header name of letters, digits and '-'");
      }
    }
  }

  private static void notNegative(FieldPath path, int value, Violations violations) {
    if (value < 0) {
      violations.error(path, value, "0 or more");
    }
  }
}
