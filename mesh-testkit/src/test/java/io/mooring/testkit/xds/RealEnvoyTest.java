package io.mooring.testkit.xds;

import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import com.sun.net.httpserver.HttpServer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.mooring.testkit.envoy.EnvoyAvailability;
import io.mooring.testkit.envoy.TestEnvoy;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.PushService;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.server.XdsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hand-made resources and a real Envoy, over plaintext on loopback. */
class RealEnvoyTest {

  private static final Duration SECONDS = Duration.ofSeconds(10);

  private final SnapshotResources resources = new SnapshotResources(ProxyNode::id);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Path binary;
  private HttpServer upstream;
  private ControlPlane controlPlane;

  @BeforeEach
  void start() throws IOException {
    binary = EnvoyAvailability.orSkip();
    upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    upstream.createContext(
        "/",
        exchange -> {
          byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    upstream.start();
    controlPlane = new ControlPlane(0);
  }

  @AfterEach
  void stop() {
    if (upstream != null) {
      upstream.stop(0);
      controlPlane.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void convergesAndEveryClusterChangeWarms(String variant) {
    resources.set("envoy", mesh("x", 0));
    try (TestEnvoy envoy = envoy(variant)) {
      assertThat(get(envoy)).isEqualTo(200);
      for (int revision = 1; revision <= 20; revision++) {
        resources.put("envoy", CLUSTER, cluster("x", revision));
        String expected = "r" + revision;
        await().atMost(SECONDS).until(() -> activeClusters(envoy).contains(expected));
        assertThat(get(envoy)).isEqualTo(200);
      }
      assertThat(envoy.stat("cluster_manager.warming_clusters")).isZero();
      assertThat(envoy.stat("cluster_manager.cds.update_rejected")).isZero();
      assertThat(envoy.stat("cluster.x.assignment_use_cached")).isZero();
      await().until(this::everythingIsAcknowledged);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void repointedRouteLosesNoRequest(String variant) throws InterruptedException {
    resources.set("envoy", mesh("x0", 0));
    try (TestEnvoy envoy = envoy(variant);
        Load load = new Load(envoy)) {
      for (int step = 1; step <= 10; step++) {
        String name = "x" + step;
        resources.set("envoy", mesh(name, 0));
        await().atMost(SECONDS).until(() -> envoy.get("/clusters").contains(name + "::"));
        await()
            .atMost(SECONDS)
            .until(
                () ->
                    !envoy
                        .get("/clusters")
                        .contains("x" + (Integer.parseInt(name.substring(1)) - 1) + "::"));
      }
      assertThat(load.statuses()).isNotEmpty().containsOnly(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void servesOnWithoutControlPlaneAndCatchesUp(String variant) throws InterruptedException {
    resources.set("envoy", mesh("x", 0));
    try (TestEnvoy envoy = envoy(variant);
        Load load = new Load(envoy)) {
      int port = controlPlane.port();
      controlPlane.close();
      await().atMost(SECONDS).until(() -> envoy.stat("control_plane.connected_state") == 0);
      resources.set("envoy", mesh("y", 0));
      controlPlane = new ControlPlane(port);
      await().atMost(SECONDS).until(() -> activeClusters(envoy).contains("\"y\""));
      await().atMost(SECONDS).until(() -> !activeClusters(envoy).contains("\"x\""));
      await().until(this::everythingIsAcknowledged);
      List<Integer> statuses = load.statuses();
      assertThat(get(envoy)).isEqualTo(200);
      if (variant.equals("DELTA_GRPC")) { // a state-of-the-world client does not say that it has x
        assertThat(statuses).isNotEmpty().containsOnly(200);
      }
    }
  }

  private boolean everythingIsAcknowledged() {
    return controlPlane.xds.status().stream()
        .flatMap(stream -> stream.types().stream())
        .allMatch(type -> type.acknowledged());
  }

  private static String activeClusters(TestEnvoy envoy) {
    return envoy.get("/config_dump?resource=dynamic_active_clusters");
  }

  private int get(TestEnvoy envoy) {
    try {
      int port = envoy.listener("l").orElseThrow().getPort();
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                  .timeout(SECONDS)
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private TestEnvoy envoy(String variant) {
    return TestEnvoy.builder(binary)
        .bootstrapJson(
            """
            node: {id: envoy, cluster: test}
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
            dynamic_resources:
              ads_config:
                api_type: %s
                transport_api_version: V3
                set_node_on_first_message_only: true
                grpc_services:
                - envoy_grpc: {cluster_name: xds, retry_policy: {retry_back_off: {base_interval: 0.1s, max_interval: 0.5s}}}
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
                .formatted(variant, controlPlane.port()))
        .start();
  }

  private ResourceSet mesh(String cluster, int revision) {
    return ResourceSet.empty()
        .with(CLUSTER, cluster(cluster, revision))
        .with(ENDPOINT, endpoints(cluster))
        .with(LISTENER, listener())
        .with(ROUTE, route(cluster));
  }

  private static VersionedResource cluster(String name, int revision) {
    Cluster.Builder cluster = Cluster.newBuilder();
    merge(
        """
        {"name": "%s", "type": "EDS", "alt_stat_name": "r%d", "connect_timeout": "1s",
         "eds_cluster_config": {"eds_config": {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "0s"}}}
        """
            .formatted(name, revision),
        cluster);
    return VersionedResource.of(name, cluster.build());
  }

  private VersionedResource endpoints(String name) {
    ClusterLoadAssignment.Builder endpoints = ClusterLoadAssignment.newBuilder();
    merge(
        """
        {"cluster_name": "%s", "endpoints": [{"lb_endpoints": [{"endpoint": {"address":
          {"socket_address": {"address": "127.0.0.1", "port_value": %d}}}}]}]}
        """
            .formatted(name, upstream.getAddress().getPort()),
        endpoints);
    return VersionedResource.of(name, endpoints.build());
  }

  private static VersionedResource listener() {
    Listener.Builder listener = Listener.newBuilder();
    merge(
        """
        {"name": "l", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
         "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": {
           "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix": "l",
           "rds": {"route_config_name": "r", "config_source": {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "0s"}},
           "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
             "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
        """,
        listener);
    return VersionedResource.of("l", listener.build());
  }

  private static VersionedResource route(String cluster) {
    RouteConfiguration.Builder route = RouteConfiguration.newBuilder();
    merge(
        """
        {"name": "r", "virtual_hosts": [{"name": "all", "domains": ["*"],
          "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "%s"}}]}]}
        """
            .formatted(cluster),
        route);
    return VersionedResource.of("r", route.build());
  }

  private static void merge(String json, Message.Builder target) {
    try {
      JsonFormat.parser()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(HttpConnectionManager.getDescriptor())
                  .add(Router.getDescriptor())
                  .build())
          .merge(json, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One life of the control plane. */
  private final class ControlPlane implements AutoCloseable {
    private final PushService<Set<String>> push =
        PushService.builder(resources).debounce(Duration.ZERO, Duration.ZERO).build();
    private final XdsServer xds = XdsServer.builder(push).build();
    private final Server server;

    ControlPlane(int port) {
      resources.onChange(push::changed);
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      xds.services().forEach(builder::addService);
      try {
        server = builder.build().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    int port() {
      return server.getPort();
    }

    @Override
    public void close() {
      xds.close();
      push.close();
      server.shutdownNow();
      try {
        server.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Requests through Envoy, one after the other, until it is closed. */
  private final class Load implements AutoCloseable {
    private final List<Integer> statuses = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean running = true;

    Load(TestEnvoy envoy) {
      get(envoy);
      thread =
          new Thread(
              () -> {
                while (running) {
                  statuses.add(status(envoy));
                }
              },
              "load");
      thread.setDaemon(true);
      thread.start();
    }

    /** A request that fails otherwise than by a status counts as 0. */
    private int status(TestEnvoy envoy) {
      try {
        return get(envoy);
      } catch (UncheckedIOException e) {
        return 0;
      }
    }

    List<Integer> statuses() throws InterruptedException {
      running = false;
      thread.join();
      return statuses;
    }

    @Override
    public void close() {
      running = false;
    }
  }
}
