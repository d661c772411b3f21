package io.mooring.registry;

import io.mooring.model.ConfigKey;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.mesh.MeshNetworksSpec;
import io.mooring.service.Networks;
import org.jspecify.annotations.Nullable;

/**
 * Answers which objects say what networks the mesh has. Pure.
 *
 * @param settings name the root namespace
 */
record NetworkObjects(MeshSettings settings) {

  private static final MeshNetworksSpec NO_NETWORKS = MeshNetworksSpec.builder().build();

  /** Returns the networks that {@code objects} describe. */
  Networks networks(ObjectIndex objects) {
    return Networks.of(
        meshNetworks(objects),
        objects.byCluster(Namespace.class, rootNamespace()),
        objects.objects(Service.class),
        settings.clusterDomain());
  }

  /** Returns whether {@code change} may alter them. */
  boolean decidedBy(ObjectChange change, ObjectIndex objects) {
    return switch (change.key().kind()) { // of the many changes of a start, most are none of these
      case "MeshNetworks" -> true;
      case "Namespace" -> change.key().equals(rootNamespace());
      case "Service" ->
          mayBeGateway(change.older(), objects) || mayBeGateway(change.newer(), objects);
      default -> false;
    };
  }

  private boolean mayBeGateway(@Nullable AcceptedObject object, ObjectIndex objects) {
    return object != null
        && object.object() instanceof Service service
        && Networks.mayBeGateway(service, meshNetworks(objects), settings.clusterDomain());
  }

  private ConfigKey rootNamespace() {
    return new ConfigKey("Namespace", "", settings.rootNamespace());
  }

  /** As of MeshConfig, the oldest of the root namespace counts. */
  private MeshNetworksSpec meshNetworks(ObjectIndex objects) {
    return objects.objects(MeshNetworks.class, settings.rootNamespace()).stream()
        .findFirst()
        .map(MeshNetworks::spec)
        .orElse(NO_NETWORKS);
  }
}
