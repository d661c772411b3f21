package io.mooring.model.validation;

import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.security.AuthorizationPolicy;
import io.mooring.model.security.AuthorizationPolicySpec.Action;
import java.util.Set;

/** Rules of the metadata of every kind. */
final class MetadataRules {

  private static final String ALWAYS_REJECT = "internal.istio.io/webhook-always-reject";
  private static final String DRY_RUN = "istio.io/dry-run";
  private static final Set<String> BOOLEANS =
      Set.of("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False");

  private MetadataRules() {}

  /** Checks the annotation that makes an AuthorizationPolicy a trial; nothing else has trials. */
  static void checkDryRun(ConfigObject object, Violations violations) {
    String value = object.metadata().annotations().get(DRY_RUN);
    if (value == null) {
      return;
    }
    FieldPath path = FieldPath.ROOT.field("metadata").field("annotations").field(DRY_RUN);
    if (!(object instanceof AuthorizationPolicy policy)) {
      violations.error(path, value, "none: only an AuthorizationPolicy can be tried");
    } else if (policy.spec().action() != Action.ALLOW && policy.spec().action() != Action.DENY) {
      violations.error(path, value, "none: only actions ALLOW and DENY can be tried");
    } else if (!BOOLEANS.contains(value)) {
      violations.error(path, value, "true or false");
    }
  }

  /**
   * Checks metadata.
   *
   * @param labelName whether the name must be one label, since it becomes part of a DNS name
   */
  static void check(
      Metadata metadata, boolean namespaced, boolean labelName, Violations violations) {
    FieldPath path = FieldPath.ROOT.field("metadata");
    String expected = labelName ? Names.KUBERNETES_LABEL : Names.SUBDOMAIN;
    if (metadata.name().isEmpty()) {
      violations.missing(path.field("name"), expected);
    } else if (labelName
        ? !Names.isKubernetesLabel(metadata.name())
        : !Names.isSubdomain(metadata.name())) {
      violations.error(path.field("name"), metadata.name(), expected);
    }
    if (namespaced && !Names.isKubernetesLabel(metadata.namespace())) {
      violations.error(path.field("namespace"), metadata.namespace(), Names.KUBERNETES_LABEL);
    }
    LabelRules.check(metadata.labels(), path.field("labels"), violations);
    FieldPath annotations = path.field("annotations");
    if (metadata.annotations().containsKey(ALWAYS_REJECT)) {
      violations.conflict(annotations.field(ALWAYS_REJECT), "asks to be refused");
    }
    metadata
        .annotations()
        .keySet()
        .forEach(key -> LabelRules.checkKey(key, annotations.field(key), violations));
  }
}
