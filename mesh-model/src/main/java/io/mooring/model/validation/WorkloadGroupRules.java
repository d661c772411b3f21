package io.mooring.model.validation;

import io.mooring.model.networking.ReadinessProbe;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import java.util.Set;

/**
 * Rules of WorkloadGroups.
 *
 * <p>The address of the template is not checked, since members set their own. A gRPC probe is
 * accepted: API and agent know it, and only Istio's webhook forgot it.
 */
final class WorkloadGroupRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final FieldPath PROBE = SPEC.field("probe");
  private static final Set<String> SCHEMES = Set.of("", "HTTP", "HTTPS");

  private WorkloadGroupRules() {}

  static void check(WorkloadGroup group, Violations violations) {
    WorkloadGroupSpec spec = group.spec();
    spec.metadata()
        .ifPresent(
            metadata -> {
              FieldPath path = SPEC.field("metadata");
              LabelRules.check(metadata.labels(), path.field("labels"), violations);
              metadata
                  .annotations()
                  .keySet()
                  .forEach(
                      key ->
                          LabelRules.checkKey(
                              key, path.field("annotations").field(key), violations));
            });
    WorkloadEntryRules.checkRest(spec.template(), SPEC.field("template"), violations);
    spec.probe().ifPresent(probe -> checkProbe(probe, violations));
  }

  private static void checkProbe(ReadinessProbe probe, Violations violations) {
    notNegative("initialDelaySeconds", probe.initialDelaySeconds(), violations);
    notNegative("timeoutSeconds", probe.timeoutSeconds(), violations);
    notNegative("periodSeconds", probe.periodSeconds(), violations);
    notNegative("successThreshold", probe.successThreshold(), violations);
    notNegative("failureThreshold", probe.failureThreshold(), violations);
    int methods = 0;
    if (probe.httpGet().isPresent()) {
      methods++;
      checkHttp(probe.httpGet().get(), violations);
    }
    if (probe.tcpSocket().isPresent()) {
      methods++;
      violations.port(PROBE.field("tcpSocket").field("port"), probe.tcpSocket().get().port());
    }
    if (probe.exec().isPresent()) {
      methods++;
      if (probe.exec().get().command().isEmpty()) {
        violations.missing(PROBE.field("exec").field("command"), "a program and its arguments");
      }
    }
    if (probe.grpc().isPresent()) {
      methods++;
      violations.port(PROBE.field("grpc").field("port"), probe.grpc().get().port());
    }
    if (methods != 1) {
      violations.conflict(
          PROBE, methods + " methods (expected: one of httpGet, tcpSocket, exec, grpc)");
    }
  }

  private static void checkHttp(ReadinessProbe.HttpGet probe, Violations violations) {
    FieldPath path = PROBE.field("httpGet");
    violations.port(path.field("port"), probe.port());
    if (!SCHEMES.contains(probe.scheme())) {
      violations.error(path.field("scheme"), probe.scheme(), "HTTP or HTTPS");
    }
    for (int i = 0; i < probe.httpHeaders().size(); i++) {
      String name = probe.httpHeaders().get(i).name();
      if (!Names.isHeader(name)) {
        violations.error(path.field("httpHeaders").index(i).field("name"), name, "a header name");
      }
    }
  }

  private static void notNegative(String field, int value, Violations violations) {
    if (value < 0) {
      violations.error(PROBE.field(field), value, "0 or more");
    }
  }
}
