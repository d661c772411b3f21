package io.mooring.model.validation;

import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;

/**
 * Rules of WorkloadGroups.
 *
 * <p>The address of the template is not checked, since members set their own.
 */
final class WorkloadGroupRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");

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
    spec.probe()
        .ifPresent(probe -> ReadinessProbeRules.check(probe, SPEC.field("probe"), violations));
  }
}
