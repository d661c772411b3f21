package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.mesh.MeshConfigSpec;
import io.mooring.model.mesh.ServiceEntryVisibility;
import io.mooring.service.ServiceDefinition;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who sees services, as far as the mesh has a say in it. Immutable.
 *
 * @param byDefault namespaces that see what says nothing of it itself
 * @param atMost how far services of a namespace may be seen, whatever they say
 */
record Exports(Set<String> byDefault, Optional<ServiceEntryVisibility> atMost) {

  static final Exports EVERYBODY = new Exports(Set.of("*"), Optional.empty());

  /** Returns what the mesh's settings say. */
  static Exports of(Optional<MeshConfigSpec> spec) {
    return new Exports(
        spec.map(it -> Set.copyOf(it.defaultServiceExportTo()))
            .filter(namespaces -> !namespaces.isEmpty())
            .orElse(EVERYBODY.byDefault()),
        spec.flatMap(MeshConfigSpec::serviceEntryVisibility)
            .filter(ServiceEntryVisibility::applyToSidecars));
  }

  /** Returns whether labels of namespaces have a say in it. */
  boolean goByNamespace() {
    return atMost.isPresent();
  }

  /** Returns {@code definition} as it is seen. */
  ServiceDefinition apply(ServiceDefinition definition, ObjectIndex objects) {
    ServiceDefinition exported = definition.exportedByDefaultTo(byDefault);
    return atMost
        .map(it -> exported.seenAtMost(it.of(labels(definition, objects))))
        .orElse(exported);
  }

  /** Kubernetes labels every namespace with its name, so that one without an object has that. */
  private static Map<String, String> labels(ServiceDefinition definition, ObjectIndex objects) {
    String namespace = definition.service().namespace();
    Map<String, String> labels = new TreeMap<>(Map.of("kubernetes.io/metadata.name", namespace));
    objects
        .object(new ConfigKey("Namespace", "", namespace), definition.cluster())
        .ifPresent(it -> labels.putAll(it.metadata().labels()));
    return labels;
  }
}
