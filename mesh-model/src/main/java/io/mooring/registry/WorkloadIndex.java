package io.mooring.registry;

import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers which workloads a selector matches. Confined to the registry writer. */
final class WorkloadIndex {

  private final Map<String, Map<String, MeshWorkload>> workloadsByNamespace = new HashMap<>();
  private final Map<LabelKey, Map<String, MeshWorkload>> workloadsByLabel = new HashMap<>();

  /** One label in one namespace. */
  record LabelKey(String namespace, String label, String value) {
    @Override
    public int hashCode() { // as in ConfigKey
      return 0x9E3779B9 * (31 * namespace.hashCode() + label.hashCode()) + value.hashCode();
    }
  }

  void add(MeshWorkload workload) {
    workloadsByNamespace
        .computeIfAbsent(workload.namespace(), namespace -> new HashMap<>())
        .put(workload.id(), workload);
    workload
        .labels()
        .forEach(
            (label, value) ->
                workloadsByLabel
                    .computeIfAbsent(
                        new LabelKey(workload.namespace(), label, value), key -> new HashMap<>())
                    .put(workload.id(), workload));
  }

  void remove(MeshWorkload workload) {
    remove(workloadsByNamespace, workload.namespace(), workload.id());
    workload
        .labels()
        .forEach(
            (label, value) ->
                remove(
                    workloadsByLabel,
                    new LabelKey(workload.namespace(), label, value),
                    workload.id()));
  }

  private static <K> void remove(Map<K, Map<String, MeshWorkload>> outer, K key, String name) {
    outer.computeIfPresent(
        key,
        (same, workloads) -> {
          workloads.remove(name);
          return workloads.isEmpty() ? null : workloads;
        });
  }

  /** Returns the workloads that {@code definition} selects, in no particular order. */
  List<MeshWorkload> select(ServiceDefinition definition) {
    List<MeshWorkload> selected = new ArrayList<>();
    for (MeshWorkload workload : candidates(definition)) {
      if (definition.selects(workload)) {
        selected.add(workload);
      }
    }
    return selected;
  }

  /** The rarest label of the selector leaves the fewest workloads to look at. */
  private Collection<MeshWorkload> candidates(ServiceDefinition definition) {
    if (definition.service().selector().isEmpty()) {
      return List.of();
    }
    String namespace = definition.service().namespace();
    Map<String, MeshWorkload> fewest = workloadsByNamespace.getOrDefault(namespace, Map.of());
    for (Map.Entry<String, String> label : definition.service().selector().get().entrySet()) {
      Map<String, MeshWorkload> carriers =
          workloadsByLabel.getOrDefault(
              new LabelKey(namespace, label.getKey(), label.getValue()), Map.of());
      fewest = carriers.size() < fewest.size() ? carriers : fewest;
    }
    return fewest.values();
  }
}
