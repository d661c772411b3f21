package io.mooring.registry;

import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceDefinition;
import io.mooring.service.ServiceKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Answers which services may select a workload. Confined to the registry writer. */
final class SelectorIndex {

  private final Map<DefinitionKey, LabelKey> bucketByDefinition = new HashMap<>();
  private final Map<LabelKey, Map<DefinitionKey, ServiceDefinition>> definitionsByBucket =
      new HashMap<>();

  /** One label in one namespace. */
  private record LabelKey(String namespace, String label, String value) {
    @Override
    public int hashCode() { // as in ConfigKey
      return 0x9E3779B9 * (31 * namespace.hashCode() + label.hashCode()) + value.hashCode();
    }
  }

  /** One object's word on one host. */
  private record DefinitionKey(Slot object, String host) {}

  boolean isEmpty() {
    return definitionsByBucket.isEmpty();
  }

  void add(Slot object, ServiceDefinition definition) {
    if (definition.service().selector().isPresent()) {
      DefinitionKey key = new DefinitionKey(object, definition.service().host());
      LabelKey bucket = emptiestBucket(definition);
      bucketByDefinition.put(key, bucket);
      definitionsByBucket.computeIfAbsent(bucket, label -> new HashMap<>()).put(key, definition);
    }
  }

  void remove(Slot object, ServiceDefinition definition) {
    DefinitionKey key = new DefinitionKey(object, definition.service().host());
    LabelKey bucket = bucketByDefinition.remove(key);
    if (bucket != null) {
      definitionsByBucket.computeIfPresent(
          bucket,
          (label, definitions) -> {
            definitions.remove(key);
            return definitions.isEmpty() ? null : definitions;
          });
    }
  }

  /**
   * A definition stands under one label of its selector only. The one with the fewest others
   * spreads definitions that have a label in common over the labels in which they differ.
   */
  private LabelKey emptiestBucket(ServiceDefinition definition) {
    String namespace = definition.service().namespace();
    LabelKey emptiest = anyLabel(namespace);
    int fewest = Integer.MAX_VALUE;
    for (Map.Entry<String, String> label :
        definition.service().selector().orElseThrow().entrySet()) {
      LabelKey bucket = new LabelKey(namespace, label.getKey(), label.getValue());
      int size = definitionsByBucket.getOrDefault(bucket, Map.of()).size();
      if (size < fewest) {
        emptiest = bucket;
        fewest = size;
      }
    }
    return emptiest;
  }

  private static LabelKey anyLabel(String namespace) {
    return new LabelKey(namespace, "", "");
  }

  /**
   * Returns the services of which a definition selects {@code workload}, in no particular order.
   */
  Set<ServiceKey> selecting(MeshWorkload workload) {
    Set<ServiceKey> services = new LinkedHashSet<>();
    collect(anyLabel(workload.namespace()), workload, services);
    workload
        .labels()
        .forEach(
            (label, value) ->
                collect(new LabelKey(workload.namespace(), label, value), workload, services));
    return services;
  }

  private void collect(LabelKey bucket, MeshWorkload workload, Set<ServiceKey> services) {
    for (ServiceDefinition definition :
        definitionsByBucket.getOrDefault(bucket, Map.of()).values()) {
      if (definition.selects(workload)) {
        services.add(definition.service().key());
      }
    }
  }
}
