package io.mooring.model.validation;

import io.mooring.model.networking.DestinationRule;
import io.mooring.model.networking.DestinationRuleSpec;
import io.mooring.model.networking.Subset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of DestinationRules. */
final class DestinationRuleRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");

  private DestinationRuleRules() {}

  static void check(DestinationRule rule, Violations violations) {
    DestinationRuleSpec spec = rule.spec();
    if (spec.host().isEmpty()) {
      violations.missing(SPEC.field("host"), "a service");
    } else if (!Names.isWildcardHost(spec.host())) {
      violations.error(SPEC.field("host"), spec.host(), Names.WILDCARD_HOST);
    }
    spec.trafficPolicy()
        .ifPresent(
            policy -> TrafficPolicyRules.check(policy, SPEC.field("trafficPolicy"), violations));
    checkSubsets(spec, violations);
    spec.workloadSelector()
        .ifPresent(
            selector ->
                SelectorRules.check(
                    selector.matchLabels(),
                    SPEC.field("workloadSelector").field("matchLabels"),
                    violations));
    if (spec.workloadSelector().isPresent()) {
      checkOwn(spec.exportTo(), rule.metadata().namespace(), violations);
    }
    ExportToRules.check(spec.exportTo(), rule.metadata().namespace(), false, violations);
  }

  /** Workloads of other namespaces are never selected. */
  private static void checkOwn(List<String> exportTo, String namespace, Violations violations) {
    for (int i = 0; i < exportTo.size(); i++) {
      boolean others = exportTo.get(i).equals("*") || Names.isLabel(exportTo.get(i));
      if (others && !exportTo.get(i).equals(namespace)) {
        violations.error(
            SPEC.field("exportTo").index(i), exportTo.get(i), "'.' beside a workloadSelector");
      }
    }
  }

  private static void checkSubsets(DestinationRuleSpec spec, Violations violations) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.subsets().size(); i++) {
      Subset subset = spec.subsets().get(i);
      FieldPath path = SPEC.field("subsets").index(i);
      if (subset.name().isEmpty()) {
        violations.missing(path.field("name"), Names.LABEL);
      } else if (!Names.isLabel(subset.name())) {
        violations.error(path.field("name"), subset.name(), Names.LABEL);
      } else if (!names.add(subset.name())) {
        violations.error(path.field("name"), subset.name(), "each name once");
      }
      LabelRules.check(subset.labels(), path.field("labels"), violations);
      subset
          .trafficPolicy()
          .ifPresent(
              policy -> TrafficPolicyRules.check(policy, path.field("trafficPolicy"), violations));
    }
  }
}
