package io.mooring.testkit.xds;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import com.sun.net.httpserver.HttpServer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.on_demand.v3.OnDemand;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.mooring.testkit.envoy.EnvoyAvailability;
import io.mooring.testkit.envoy.TestEnvoy;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.server.XdsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server of hand-made resources, made of the public API alone, and an HTTP server; for a real
 * Envoy on loopback. Without an Envoy the test is skipped.
 */
final class EnvoyMesh implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 10_000;

  final SnapshotResources resources = new SnapshotResources(ProxyNode::id);
  private final Path binary = EnvoyAvailability.orSkip();
  private final HttpServer upstream;
  private XdsServer xds;
  private Server server;

  EnvoyMesh() {
    try {
      upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    upstream.createContext(
        "/",
        exchange -> {
          byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    upstream.start();
    start(0);
  }

  private void start(int port) {
    xds = XdsServer.builder(resources).build();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    xds.bindTo(builder);
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  /** Ends the control plane; another one is started on its port. */
  void restart(Runnable between) {
    int port = port();
    stop();
    between.run();
    start(port);
  }

  /** Ends the control plane. */
  void stop() {
    xds.close();
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean everythingIsAcknowledged() {
    return xds.status().stream()
        .flatMap(stream -> stream.types().stream())
        .allMatch(type -> type.acknowledged());
  }

  @Override
  public void close() {
    upstream.stop(0);
    stop();
  }

  /** Starts an Envoy whose control plane is at a port. */
  TestEnvoy envoy(String variant, int port) {
    return envoy(variant, port, "");
  }

  /** Starts an Envoy that says that it supports times to live. */
  TestEnvoy envoyThatKnowsTimesToLive(String variant) {
    return envoy(
        variant, port(), "xds.config.supports-resource-ttl, xds.config.supports-resource-in-sotw");
  }

  private TestEnvoy envoy(String variant, int port, String features) {
    return TestEnvoy.builder(binary)
        .bootstrapJson(
            """
            node: {id: envoy, cluster: test, client_features: [%s]}
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
            dynamic_resources:
              ads_config:
                api_type: %s
                transport_api_version: V3
                set_node_on_first_message_only: true
                grpc_services:
                - envoy_grpc: {cluster_name: xds, retry_policy: {retry_back_off: {base_interval: 0.05s, max_interval: 0.1s}}}
              lds_config: {resource_api_version: V3, initial_fetch_timeout: 0s, ads: {}}
              cds_config: {resource_api_version: V3, initial_fetch_timeout: 0s, ads: {}}
            static_resources:
              clusters:
              - name: xds
                connect_timeout: 1s
                type: STATIC
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config: {http2_protocol_options: {}}
                load_assignment:
                  cluster_name: xds
                  endpoints:
                  - lb_endpoints:
                    - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
            """
                .formatted(features, variant, port))
        .start();
  }

  /** Returns the status of a request to this host through Envoy. */
  static int get(TestEnvoy envoy, String host) {
    InetSocketAddress listener = envoy.listener("l").orElseThrow();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.getPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(host)
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.split(" ", 3)[1]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int get(TestEnvoy envoy) {
    return get(envoy, "any");
  }

  /** Returns a cluster, its endpoint, a listener and the route that leads from it to there. */
  ResourceSet mesh(String cluster, int revision) {
    return ResourceSet.of(
        List.of(cluster(cluster, revision), endpoints(cluster), listener(), route(cluster)));
  }

  static Cluster cluster(String name, int revision) {
    Cluster.Builder cluster = Cluster.newBuilder();
    merge(
        """
        {"name": "%s", "type": "EDS", "alt_stat_name": "r%d", "connect_timeout": "1s",
         "eds_cluster_config": {"eds_config": {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "0s"}}}
        """
            .formatted(name, revision),
        cluster);
    return cluster.build();
  }

  ClusterLoadAssignment endpoints(String name) {
    ClusterLoadAssignment.Builder endpoints = ClusterLoadAssignment.newBuilder();
    merge(
        """
        {"cluster_name": "%s", "endpoints": [{"lb_endpoints": [{"endpoint": {"address":
          {"socket_address": {"address": "127.0.0.1", "port_value": %d}}}}]}]}
        """
            .formatted(name, upstream.getAddress().getPort()),
        endpoints);
    return endpoints.build();
  }

  static Listener listener() {
    Listener.Builder listener = Listener.newBuilder();
    merge(
        """
        {"name": "l", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
         "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": {
           "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix": "l",
           "rds": {"route_config_name": "r", "config_source": {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "0s"}},
           "http_filters": [
             {"name": "envoy.filters.http.on_demand", "typed_config": {
               "@type": "type.googleapis.com/envoy.extensions.filters.http.on_demand.v3.OnDemand"}},
             {"name": "envoy.filters.http.router", "typed_config": {
               "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
        """,
        listener);
    return listener.build();
  }

  static RouteConfiguration route(String cluster) {
    return RouteConfiguration.newBuilder()
        .setName("r")
        .addVirtualHosts(virtualHost("all", "*", cluster))
        .build();
  }

  /** Returns a route configuration whose virtual hosts are asked for one by one. */
  static RouteConfiguration routeOnDemand() {
    RouteConfiguration.Builder route = RouteConfiguration.newBuilder();
    merge(
        """
        {"name": "r", "vhds": {"config_source":
          {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "0s"}}}
        """,
        route);
    return route.build();
  }

  static VirtualHost virtualHost(String name, String domain, String cluster) {
    VirtualHost.Builder host = VirtualHost.newBuilder();
    merge(
        """
        {"name": "%s", "domains": ["%s"],
         "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "%s"}}]}
        """
            .formatted(name, domain, cluster),
        host);
    return host.build();
  }

  private static void merge(String json, Message.Builder target) {
    try {
      JsonFormat.parser()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(HttpConnectionManager.getDescriptor())
                  .add(OnDemand.getDescriptor())
                  .add(Router.getDescriptor())
                  .build())
          .merge(json, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
