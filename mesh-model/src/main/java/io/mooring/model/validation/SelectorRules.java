package io.mooring.model.validation;

import io.mooring.model.LabelSelector;
import io.mooring.model.security.PolicyTargetReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rules of what policies bind: workloads by label, or objects by name. */
final class SelectorRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");
  private static final int MAX_TARGETS = 16;
  private static final int MAX_NAME = 253;
  private static final Set<String> TARGETS =
      Set.of(
          "/Service",
          "core/Service",
          "networking.istio.io/ServiceEntry",
          "gateway.networking.k8s.io/Gateway",
          "gateway.networking.k8s.io/GatewayClass");

  private SelectorRules() {}

  /** Checks a selector by labels at {@code path}. */
  static void check(Map<String, String> labels, FieldPath path, Violations violations) {
    if (labels.isEmpty()) {
      violations.warning(
          path.parent().orElse(path),
          "",
          "has no labels: it selects every workload of the namespace");
    }
    LabelRules.check(labels, path, violations);
  }

  /** Checks {@code spec.selector}. */
  static void check(Optional<LabelSelector> selector, Violations violations) {
    selector.ifPresent(
        value ->
            check(value.matchLabels(), SPEC.field("selector").field("matchLabels"), violations));
  }

  /** Checks that a policy binds in one way, and that what it names can be bound. */
  static void check(
      Optional<LabelSelector> selector,
      Optional<PolicyTargetReference> target,
      List<PolicyTargetReference> targets,
      Violations violations) {
    int ways =
        (selector.isPresent() ? 1 : 0) + (target.isPresent() ? 1 : 0) + (targets.isEmpty() ? 0 : 1);
    if (ways > 1) {
      violations.conflict(SPEC, "selector, targetRef and targetRefs exclude one another");
    }
    check(selector, violations);
    target.ifPresent(reference -> checkTarget(reference, SPEC.field("targetRef"), violations));
    FieldPath path = SPEC.field("targetRefs");
    if (targets.size() > MAX_TARGETS) {
      violations.error(path, targets.size() + " targets", "at most " + MAX_TARGETS);
    }
    for (int i = 0; i < targets.size(); i++) {
      checkTarget(targets.get(i), path.index(i), violations);
    }
  }

  private static void checkTarget(
      PolicyTargetReference target, FieldPath path, Violations violations) {
    if (target.name().isEmpty()) {
      violations.missing(path.field("name"), "the name of an object");
    } else if (target.name().length() > MAX_NAME) {
      violations.error(path.field("name"), target.name(), "at most " + MAX_NAME + " characters");
    }
    if (!target.namespace().isEmpty()) {
      violations.error(path.field("namespace"), target.namespace(), "that of the policy, unsaid");
    }
    if (!TARGETS.contains(target.group() + "/" + target.kind())) {
      violations.error(
          path.field("kind"),
          target.kind(),
          "a Service, a networking.istio.io ServiceEntry or a gateway.networking.k8s.io Gateway");
    }
  }
}
