package io.mooring.identity.enroll;

import io.mooring.identity.WorkloadGroups;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes the WorkloadEntry of a VM from its group's template, as Istio does. Pure. */
final class EntryTemplate {

  /** Names the group of an entry that enrolment made; Istio's word. */
  static final String GROUP_ANNOTATION = "istio.io/autoRegistrationGroup";

  private static final String LOCALITY_LABEL = "istio-locality";
  private static final int MAX_NAME = 253; // of a Kubernetes object
  private static final int HASH_CHARACTERS = 8;

  private EntryTemplate() {}

  /**
   * Returns the key of the VM's entry: {@code group-ip[-network]}, with {@code -} for {@code :}.
   *
   * <p>Where Istio cuts a long name at its front, so that groups can meet, the end is replaced by a
   * hash here; and {@code fd00::} becomes {@code fd00::0}, for a name may not end in a dash.
   */
  static ConfigKey key(EnrollmentRequest request) {
    String ip = request.addresses().get(0).toLowerCase(Locale.ROOT).replace(':', '-');
    String name =
        request.group()
            + "-"
            + (ip.endsWith("-") ? ip + "0" : ip)
            + (request.network().isEmpty() ? "" : "-" + request.network());
    if (name.length() > MAX_NAME) {
      String hash = String.format(Locale.ROOT, "%08x", name.hashCode());
      name = name.substring(0, MAX_NAME - HASH_CHARACTERS - 1) + "-" + hash;
    }
    return new ConfigKey("WorkloadEntry", request.namespace(), name);
  }

  static WorkloadEntry entry(WorkloadGroup group, EnrollmentRequest request) {
    ConfigKey key = key(request);
    WorkloadEntrySpec template = group.spec().template();
    Map<String, String> labels = labels(group, request);
    return WorkloadEntry.builder()
        .metadata(
            Metadata.builder()
                .namespace(key.namespace())
                .name(key.name())
                .labels(labels)
                .annotations(annotations(group))
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

  /** Returns the group of an entry that enrolment made; empty for one that it did not. */
  static Optional<ConfigKey> groupOf(WorkloadEntry entry) {
    return Optional.ofNullable(entry.metadata().annotations().get(GROUP_ANNOTATION))
        .map(group -> new ConfigKey("WorkloadGroup", entry.metadata().namespace(), group));
  }

  /** Template, then the group's metadata, then what is the node's own. */
  private static Map<String, String> labels(WorkloadGroup group, EnrollmentRequest request) {
    Map<String, String> labels = new TreeMap<>(group.spec().template().labels());
    group.spec().metadata().map(WorkloadGroupMetadata::labels).ifPresent(labels::putAll);
    request
        .labels()
        .forEach(
            (key, value) -> {
              if (!value.equals(request.templateLabels().get(key))) {
                labels.put(key, value);
              }
            });
    labels.remove(LOCALITY_LABEL);
    return labels;
  }

  /** Unlike in Istio, the group cannot give its members another group's name. */
  private static Map<String, String> annotations(WorkloadGroup group) {
    Map<String, String> annotations = new TreeMap<>();
    group.spec().metadata().map(WorkloadGroupMetadata::annotations).ifPresent(annotations::putAll);
    annotations.put(GROUP_ANNOTATION, group.metadata().name());
    return annotations;
  }
}
