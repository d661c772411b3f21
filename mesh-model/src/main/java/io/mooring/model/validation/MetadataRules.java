package io.mooring.model.validation;

import io.mooring.model.Metadata;

/** Rules of the metadata of every kind. */
final class MetadataRules {

  private MetadataRules() {}

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
    metadata
        .annotations()
        .keySet()
        .forEach(key -> LabelRules.checkKey(key, annotations.field(key), violations));
  }
}
