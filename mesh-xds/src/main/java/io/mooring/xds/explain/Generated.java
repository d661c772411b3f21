package io.mooring.xds.explain;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a proxy got, as messages. */
final class Generated {

  private final ResourceSet resources;

  Generated(ResourceSet resources) {
    this.resources = resources;
  }

  List<Listener> listeners() {
    return resources.resources(XdsType.LISTENER).values().stream()
        .map(resource -> unpack(resource.body(), Listener.class))
        .toList();
  }

  boolean listensOn(int port) {
    return listeners().stream()
        .filter(listener -> listener.getTrafficDirection() == TrafficDirection.OUTBOUND)
        .anyMatch(listener -> listener.getAddress().getSocketAddress().getPortValue() == port);
  }

  Optional<RouteConfiguration> routes(String name) {
    return find(XdsType.ROUTE, name, RouteConfiguration.class);
  }

  Optional<Cluster> cluster(String name) {
    return find(XdsType.CLUSTER, name, Cluster.class);
  }

  /** Returns the endpoints of a cluster, wherever they are written. */
  Optional<ClusterLoadAssignment> endpoints(String cluster) {
    return find(XdsType.ENDPOINT, cluster, ClusterLoadAssignment.class)
        .or(
            () ->
                cluster(cluster)
                    .filter(Cluster::hasLoadAssignment)
                    .map(Cluster::getLoadAssignment));
  }

  private <T extends Message> Optional<T> find(XdsType type, String name, Class<T> message) {
    @Nullable VersionedResource resource = resources.resources(type).get(name);
    return Optional.ofNullable(resource).map(it -> unpack(it.body(), message));
  }

  static <T extends Message> T unpack(Any any, Class<T> type) {
    try {
      return any.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "the resource set has a " + any.getTypeUrl() + " (expected: " + type.getName() + ")", e);
    }
  }
}
