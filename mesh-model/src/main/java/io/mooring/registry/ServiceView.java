package io.mooring.registry;

import io.mooring.service.MergedService;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * One service and its endpoints. Immutable: a change of one workload makes a new view that shares
 * the endpoints of all others; the list of all is made when first asked for.
 */
final class ServiceView {

  private final MergedService merged;
  private final TreePMap<EndpointPosition, List<MeshEndpoint>> endpointsByPosition;
  private volatile @Nullable List<MeshEndpoint> endpoints; // computed twice at worst

  ServiceView(
      MergedService merged, TreePMap<EndpointPosition, List<MeshEndpoint>> endpointsByPosition) {
    this.merged = merged;
    this.endpointsByPosition = endpointsByPosition;
  }

  MeshService service() {
    return merged.service();
  }

  MergedService merged() {
    return merged;
  }

  TreePMap<EndpointPosition, List<MeshEndpoint>> endpointsByPosition() {
    return endpointsByPosition;
  }

  ServiceView with(EndpointPosition position, List<MeshEndpoint> atWorkload) {
    return new ServiceView(
        merged,
        atWorkload.isEmpty()
            ? endpointsByPosition.minus(position)
            : endpointsByPosition.plus(position, atWorkload));
  }

  List<MeshEndpoint> at(EndpointPosition position) {
    return endpointsByPosition.getOrDefault(position, List.of());
  }

  List<MeshEndpoint> endpoints() {
    List<MeshEndpoint> known = endpoints;
    if (known == null) {
      List<MeshEndpoint> contributed = new ArrayList<>();
      endpointsByPosition.values().forEach(contributed::addAll);
      known = merged.usable(contributed);
      endpoints = known;
    }
    return known;
  }
}
