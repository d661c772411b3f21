package io.mooring.testkit.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;

/** Reads the name out of a resource, as a state-of-the-world client must. */
final class ResourceNames {

  private ResourceNames() {}

  /** Returns its name; for an unknown type, the type URL. */
  static String of(Any resource) {
    try {
      if (resource.is(Cluster.class)) {
        return resource.unpack(Cluster.class).getName();
      } else if (resource.is(ClusterLoadAssignment.class)) {
        return resource.unpack(ClusterLoadAssignment.class).getClusterName();
      } else if (resource.is(Listener.class)) {
        return resource.unpack(Listener.class).getName();
      } else if (resource.is(RouteConfiguration.class)) {
        return resource.unpack(RouteConfiguration.class).getName();
      } else if (resource.is(ScopedRouteConfiguration.class)) {
        return resource.unpack(ScopedRouteConfiguration.class).getName();
      } else if (resource.is(Secret.class)) {
        return resource.unpack(Secret.class).getName();
      } else if (resource.is(TypedExtensionConfig.class)) {
        return resource.unpack(TypedExtensionConfig.class).getName();
      } else if (resource.is(Runtime.class)) {
        return resource.unpack(Runtime.class).getName();
      } else if (resource.is(Resource.class)) {
        return resource.unpack(Resource.class).getName();
      }
      return resource.getTypeUrl();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("resource: not a " + resource.getTypeUrl(), e);
    }
  }
}
