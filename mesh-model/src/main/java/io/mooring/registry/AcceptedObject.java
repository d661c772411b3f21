package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.service.EntryOverlay;
import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceDefinition;
import java.util.List;
import java.util.Optional;

/**
 * An object and what follows from it alone. Immutable.
 *
 * @param object the object
 * @param definitions what it says of services
 * @param workload the workload that it describes
 * @param cluster of the source that handed it over; empty where it says none
 * @param slot what it takes
 * @param isOverlay whether it only tells the state of an object that another source has
 */
record AcceptedObject(
    ConfigObject object,
    List<ServiceDefinition> definitions,
    Optional<MeshWorkload> workload,
    String cluster,
    Slot slot,
    boolean isOverlay) {

  private AcceptedObject(
      ConfigObject object,
      List<ServiceDefinition> definitions,
      Optional<MeshWorkload> workload,
      String cluster) {
    this(
        object,
        definitions,
        workload,
        cluster,
        Slot.of(object.key(), cluster),
        EntryOverlay.is(object));
  }

  /**
   * Returns the object with what follows from it.
   *
   * @param cluster of the source; empty where it says none
   * @throws IllegalArgumentException if the object cannot be part of a mesh
   */
  static AcceptedObject of(ConfigObject object, MeshSettings settings, String cluster) {
    if (object instanceof ServiceEntry entry) {
      return new AcceptedObject(
          object,
          ServiceDefinition.of(entry, settings.trustDomain()).stream()
              .map(definition -> definition.in(cluster))
              .toList(),
          Optional.empty(),
          cluster);
    }
    if (object instanceof Service service) {
      return new AcceptedObject(
          object,
          List.of(
              ServiceDefinition.of(service, settings.clusterDomain(), settings.trustDomain())
                  .in(cluster)),
          Optional.empty(),
          cluster);
    }
    if (object instanceof WorkloadEntry entry) {
      return new AcceptedObject(
          object,
          List.of(),
          MeshWorkload.of(entry, settings.trustDomain()).map(it -> it.in(cluster)),
          cluster);
    }
    if (object instanceof Pod pod) {
      return new AcceptedObject(
          object,
          List.of(),
          MeshWorkload.of(pod, settings.trustDomain()).map(it -> it.in(cluster)),
          cluster);
    }
    return new AcceptedObject(object, List.of(), Optional.empty(), cluster);
  }

  /** Returns the object with the state that {@code overlay} tells of it. */
  AcceptedObject under(AcceptedObject overlay, MeshSettings settings) {
    return object instanceof WorkloadEntry entry && overlay.object() instanceof WorkloadEntry state
        ? of(EntryOverlay.apply(state, entry), settings, cluster)
        : this;
  }

  ConfigKey key() {
    return slot.key();
  }
}
