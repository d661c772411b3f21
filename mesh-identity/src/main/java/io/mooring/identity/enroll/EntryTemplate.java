package io.mooring.identity.enroll;

import io.mooring.identity.WorkloadGroups;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import io.mooring.service.EntryOverlay;
import java.util.Map;
import java.util.TreeMap;

/** Makes the WorkloadEntry of a VM from its group's template, as Istio does. Pure. */
final class EntryTemplate {

  private static final String LOCALITY_LABEL = "istio-locality";
  private static final String OWN_ANNOTATIONS = "mooring.io/";

  private EntryTemplate() {}

  static WorkloadEntry entry(
      ConfigKey key, WorkloadGroup group, EnrollmentRequest request, NodeLabelPolicy nodeLabels) {
    if (request.manual()) {
      return overlay(key, group.spec().template(), request.healthChecked());
    }
    WorkloadEntrySpec template = group.spec().template();
    Map<String, String> labels = nodeLabels.merge(labels(group), request);
    labels.remove(LOCALITY_LABEL);
    return WorkloadEntry.builder()
        .metadata(
            Metadata.builder()
                .namespace(key.namespace())
                .name(key.name())
                .labels(labels)
                .annotations(annotations(group, request))
                .build())
        .spec(
            WorkloadEntrySpec.builder()
                .from(template)
                .address(request.addresses().get(0))
                .labels(labels)
                .network(request.network().isEmpty() ? template.network() : request.network())
                .locality(request.locality().isEmpty() ? template.locality() : request.locality())
                .serviceAccount(WorkloadGroups.serviceAccount(group))
                .build())
        .build();
  }

  /** Returns what tells the state of the entry that somebody wrote under this key. */
  static WorkloadEntry overlay(ConfigKey key, WorkloadEntrySpec spec, boolean healthChecked) {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(EntryOverlay.ANNOTATION, key.name());
    annotations.put(EntryKeys.ID_ANNOTATION, key.name());
    if (healthChecked) {
      EntryStatus.markChecked(annotations);
    }
    return WorkloadEntry.builder()
        .metadata(
            Metadata.builder()
                .namespace(key.namespace())
                .name(key.name())
                .annotations(annotations)
                .build())
        .spec(spec)
        .build();
  }

  /** Template, then the group's metadata. */
  static Map<String, String> labels(WorkloadGroup group) {
    Map<String, String> labels = new TreeMap<>(group.spec().template().labels());
    group.spec().metadata().map(WorkloadGroupMetadata::labels).ifPresent(labels::putAll);
    labels.remove(LOCALITY_LABEL);
    return labels;
  }

  /** Unlike in Istio, the group cannot give its members another group's name. */
  private static Map<String, String> annotations(WorkloadGroup group, EnrollmentRequest request) {
    Map<String, String> annotations = new TreeMap<>();
    group.spec().metadata().map(WorkloadGroupMetadata::annotations).ifPresent(annotations::putAll);
    annotations.keySet().removeIf(name -> name.startsWith(OWN_ANNOTATIONS));
    annotations.put(EntryKeys.GROUP_ANNOTATION, group.metadata().name());
    annotations.put(EntryKeys.ID_ANNOTATION, EntryKeys.id(request));
    if (request.healthChecked() || group.spec().probe().isPresent()) {
      EntryStatus.markChecked(annotations);
    }
    return annotations;
  }
}
