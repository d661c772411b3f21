package io.mooring.registry;

import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers which workloads a selector matches. Confined to the registry writer. */
final class WorkloadIndex {

  private final Map<String, OfNamespace> byNamespace = new HashMap<>();

  /**
   * The workloads of one namespace by id, and for each label that a selector has asked for also by
   * its values: of the many labels of a workload, selectors ask for few.
   */
  private static final class OfNamespace {
    private final Map<String, MeshWorkload> workloads = new HashMap<>();
    private final Map<String, Map<String, Map<String, MeshWorkload>>> carriersByLabel =
        new HashMap<>();

    void add(MeshWorkload workload) {
      workloads.put(workload.id(), workload);
      carriersByLabel.forEach((label, carriers) -> add(workload, label, carriers));
    }

    private static void add(
        MeshWorkload workload, String label, Map<String, Map<String, MeshWorkload>> carriers) {
      String value = workload.labels().get(label);
      if (value != null) {
        carriers.computeIfAbsent(value, same -> new HashMap<>()).put(workload.id(), workload);
      }
    }

    void remove(MeshWorkload workload) {
      workloads.remove(workload.id());
      carriersByLabel.forEach((label, carriers) -> remove(workload, label, carriers));
    }

    private static void remove(
        MeshWorkload workload, String label, Map<String, Map<String, MeshWorkload>> carriers) {
      @Nullable String value = workload.labels().get(label);
      if (value != null) {
        carriers.computeIfPresent(
            value,
            (same, left) -> {
              left.remove(workload.id());
              return left.isEmpty() ? null : left;
            });
      }
    }

    Map<String, MeshWorkload> carriers(String label, String value) {
      return carriersByLabel
          .computeIfAbsent(label, this::carriersByValue)
          .getOrDefault(value, Map.of());
    }

    private Map<String, Map<String, MeshWorkload>> carriersByValue(String label) {
      Map<String, Map<String, MeshWorkload>> carriers = new HashMap<>();
      workloads.values().forEach(workload -> add(workload, label, carriers));
      return carriers;
    }
  }

  void add(MeshWorkload workload) {
    byNamespace.computeIfAbsent(workload.namespace(), namespace -> new OfNamespace()).add(workload);
  }

  void remove(MeshWorkload workload) {
    byNamespace.computeIfPresent(
        workload.namespace(),
        (namespace, left) -> {
          left.remove(workload);
          return left.workloads.isEmpty() ? null : left;
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
    OfNamespace present = byNamespace.get(definition.service().namespace());
    if (present == null || definition.service().selector().isEmpty()) {
      return List.of();
    }
    Map<String, MeshWorkload> fewest = present.workloads;
    for (Map.Entry<String, String> label : definition.service().selector().get().entrySet()) {
      Map<String, MeshWorkload> carriers = present.carriers(label.getKey(), label.getValue());
      fewest = carriers.size() < fewest.size() ? carriers : fewest;
    }
    return fewest.values();
  }
}
