package io.mooring.testkit.traffic;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The resources of one proxy, decoded once. Immutable. */
final class XdsView {

  private final ResourceSet resources;
  private final List<Listener> listeners;
  private final Map<String, Cluster> clusterByName;
  private final Map<String, RouteConfiguration> routesByName;
  private final Map<String, ClusterLoadAssignment> endpointsByName;

  XdsView(ResourceSet resources) {
    this.resources = resources;
    this.listeners = new ArrayList<>(decode(resources, XdsType.LISTENER, Listener.class).values());
    this.clusterByName = decode(resources, XdsType.CLUSTER, Cluster.class);
    this.routesByName = decode(resources, XdsType.ROUTE, RouteConfiguration.class);
    this.endpointsByName = decode(resources, XdsType.ENDPOINT, ClusterLoadAssignment.class);
  }

  /** Returns the listeners in the order of their names. */
  List<Listener> listeners() {
    return List.copyOf(listeners);
  }

  Optional<Cluster> cluster(String name) {
    return Optional.ofNullable(clusterByName.get(name));
  }

  /** Returns what RDS answers to {@code name}, which may be a fallback of the set. */
  Optional<RouteConfiguration> routes(String name) {
    RouteConfiguration known = routesByName.get(name);
    return known != null
        ? Optional.of(known)
        : resources
            .get(XdsType.ROUTE, name)
            .map(resource -> unpack(resource.body(), RouteConfiguration.class));
  }

  Optional<ClusterLoadAssignment> endpoints(String name) {
    return Optional.ofNullable(endpointsByName.get(name));
  }

  private static <M extends Message> Map<String, M> decode(
      ResourceSet resources, XdsType type, Class<M> messageClass) {
    Map<String, M> decoded = new LinkedHashMap<>();
    for (VersionedResource resource : resources.resources(type).values()) {
      decoded.put(resource.name(), unpack(resource.body(), messageClass));
    }
    return decoded;
  }

  static <M extends Message> M unpack(Any any, Class<M> messageClass) {
    try {
      return any.unpack(messageClass);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "typed configuration: '%s' (expected: a well-formed %s)"
              .formatted(any.getTypeUrl(), messageClass.getSimpleName()),
          e);
    }
  }
}
