package io.mooring.testkit.traffic;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;

/** Envoy configuration of a test, written as JSON. Immutable. */
record HandMade(ResourceSet resources) {

  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(HttpConnectionManager.getDescriptor())
                  .add(TcpProxy.getDescriptor())
                  .add(Router.getDescriptor())
                  .add(RBAC.getDescriptor())
                  .add(HTTPFault.getDescriptor())
                  .add(RawBuffer.getDescriptor())
                  .add(UpstreamTlsContext.getDescriptor())
                  .build());

  static final HandMade NOTHING = new HandMade(ResourceSet.empty());

  /** An HTTP filter chain with fault injection, its routes by RDS. */
  static String httpFilters(String routeName) {
    return """
        "filters": [{"name": "hcm", "typed_config": {
          "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
          "stat_prefix": "x",
          "rds": {"route_config_name": "%s", "config_source": {"ads": {}}},
          "http_filters": [
            {"name": "envoy.filters.http.fault", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"}},
            {"name": "envoy.filters.http.router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]"""
        .formatted(routeName);
  }

  HandMade outbound(String address, int port, String routeName) {
    return listener(
        """
        {"name": "out", "traffic_direction": "OUTBOUND",
         "address": {"socket_address": {"address": "%s", "port_value": %d}},
         "filter_chains": [{"name": "http", %s}]}"""
            .formatted(address, port, httpFilters(routeName)));
  }

  HandMade listener(String json) {
    Listener listener = parse(json, Listener.newBuilder()).build();
    return with(XdsType.LISTENER, listener.getName(), listener);
  }

  HandMade routes(String json) {
    RouteConfiguration routes = parse(json, RouteConfiguration.newBuilder()).build();
    return with(XdsType.ROUTE, routes.getName(), routes);
  }

  /** Routes of one virtual host {@code *} without conditions. */
  HandMade route(String name, String action) {
    return routes(
        """
        {"name": "%s", "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
          {"name": "only", "match": {"prefix": "/"}, %s}]}]}"""
            .formatted(name, action));
  }

  HandMade cluster(String json) {
    Cluster cluster = parse(json, Cluster.newBuilder()).build();
    return with(XdsType.CLUSTER, cluster.getName(), cluster);
  }

  HandMade edsCluster(String name) {
    return cluster("{\"name\": \"%s\", \"type\": \"EDS\"}".formatted(name));
  }

  HandMade endpoints(String cluster, String localities) {
    ClusterLoadAssignment assignment =
        parse(
                "{\"cluster_name\": \"%s\", \"endpoints\": [%s]}".formatted(cluster, localities),
                ClusterLoadAssignment.newBuilder())
            .build();
    return with(XdsType.ENDPOINT, cluster, assignment);
  }

  /** A cluster with one endpoint. */
  HandMade clusterAt(String name, String address, int port) {
    return edsCluster(name)
        .endpoints(name, "{\"lb_endpoints\": [%s]}".formatted(endpoint(address, port, "")));
  }

  static String endpoint(String address, int port, String more) {
    return "{\"endpoint\": {\"address\": {\"socket_address\": {\"address\": \"%s\", \"port_value\": %d}}}%s}"
        .formatted(address, port, more);
  }

  private HandMade with(XdsType type, String name, Message message) {
    return new HandMade(resources.with(type, VersionedResource.of(name, message)));
  }

  private static <B extends Message.Builder> B parse(String json, B builder) {
    try {
      PARSER.merge(json, builder);
      return builder;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("test configuration: " + json, e);
    }
  }
}
