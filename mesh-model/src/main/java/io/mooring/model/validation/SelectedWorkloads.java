package io.mooring.model.validation;

import io.mooring.model.kubernetes.Service;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Answers whether any service selects the workloads of a namespace with some labels. */
final class SelectedWorkloads {

  private final Map<String, List<Map<String, String>>> selectorsByNamespace = new HashMap<>();

  SelectedWorkloads(List<ServiceEntry> entries, List<Service> services) {
    for (ServiceEntry entry : entries) {
      entry
          .spec()
          .workloadSelector()
          .ifPresent(selector -> add(entry.metadata().namespace(), selector.labels()));
    }
    for (Service service : services) {
      if (!service.spec().selector().isEmpty()) {
        add(service.metadata().namespace(), service.spec().selector());
      }
    }
  }

  private void add(String namespace, Map<String, String> labels) {
    selectorsByNamespace.computeIfAbsent(namespace, same -> new ArrayList<>()).add(labels);
  }

  /** Warns of a group whose members will be nobody's endpoints. */
  void check(WorkloadGroup group, Violations violations) {
    Map<String, String> labels = new TreeMap<>(group.spec().template().labels());
    labels.putAll(group.spec().metadata().map(WorkloadGroupMetadata::labels).orElse(Map.of()));
    String namespace = group.metadata().namespace();
    boolean selected =
        selectorsByNamespace.getOrDefault(namespace, List.of()).stream()
            .anyMatch(selector -> labels.entrySet().containsAll(selector.entrySet()));
    if (!selected) {
      violations.warning(
          FieldPath.ROOT.field("spec").field("template").field("labels"),
          labels,
          "no ServiceEntry or Service of namespace "
              + Quoted.value(namespace)
              + " selects "
              + Quoted.value(labels.toString())
              + ": members get no traffic");
    }
  }
}
