package io.mooring.testkit.envoy;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Asks the real Envoy whether it accepts a configuration: {@code envoy --mode validate}. Deprecated
 * fields count as errors, which Envoy's own check of a bootstrap only warns of.
 *
 * <p>Thread-safe. Each call runs one short process (about 0.1 s) that opens no port.
 */
public final class EnvoyValidator {

  private static final long TIMEOUT_SECONDS = 60;

  /** The clusters that a VM's bootstrap has and that resources refer to. */
  private static final List<String> BOOTSTRAP_CLUSTERS = List.of("sds-grpc", "xds-grpc");

  private final Path binary;

  /** Returns a validator that runs this executable. */
  public EnvoyValidator(Path binary) {
    this.binary = requireNonNull(binary, "binary");
  }

  /**
   * Checks resources as if they had come by xDS.
   *
   * <p>Listeners may ask for routes by RDS and for secrets by SDS, clusters for endpoints by EDS:
   * nothing is fetched. Each route configuration is also put into a listener of its own, so that
   * Envoy reads it.
   *
   * @throws EnvoyRejectedException with Envoy's words for the first thing that it refuses
   */
  public void validate(
      Collection<Listener> listeners,
      Collection<Cluster> clusters,
      Collection<RouteConfiguration> routes) {
    Bootstrap.StaticResources.Builder resources =
        Bootstrap.StaticResources.newBuilder().addAllListeners(listeners).addAllClusters(clusters);
    Set<String> missing = new TreeSet<>(BOOTSTRAP_CLUSTERS);
    clusters.forEach(cluster -> missing.remove(cluster.getName()));
    missing.forEach(name -> resources.addClusters(http2Cluster(name)));
    int number = 0;
    for (RouteConfiguration route : routes) {
      resources.addListeners(listenerOf(route, number++));
    }
    validate(
        Bootstrap.newBuilder()
            .setNode(Node.newBuilder().setId("validator").setCluster("validator"))
            .setDynamicResources(Bootstrap.DynamicResources.newBuilder().setAdsConfig(ads()))
            .setStaticResources(resources)
            .build());
  }

  /**
   * Checks a whole bootstrap.
   *
   * @throws EnvoyRejectedException with Envoy's words for the first thing that it refuses
   */
  public void validate(Bootstrap bootstrap) {
    validate(EnvoyFiles.create(bootstrap));
  }

  /**
   * Checks a whole bootstrap in JSON or YAML.
   *
   * @throws EnvoyRejectedException with Envoy's words for the first thing that it refuses
   */
  public void validate(String bootstrap) {
    validate(EnvoyFiles.create(bootstrap));
  }

  private void validate(EnvoyFiles created) {
    try (EnvoyFiles files = created) {
      Process process =
          files.start(
              List.of(
                  binary.toString(),
                  "--mode",
                  "validate",
                  "--config-path",
                  files.bootstrap().toString(),
                  "--log-level",
                  "warning",
                  "--concurrency",
                  "1"));
      int exit = await(process, files);
      String log = files.log();
      if (exit != 0 || log.contains("deprecated")) {
        throw new EnvoyRejectedException(log.strip());
      }
    }
  }

  private static int await(Process process, EnvoyFiles files) {
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        EnvoyFiles.kill(process);
        throw new IllegalStateException(
            "envoy --mode validate ran longer than " + TIMEOUT_SECONDS + " s:\n" + files.log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      EnvoyFiles.kill(process);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Envoy validates", e);
    }
  }

  private static ApiConfigSource ads() {
    return ApiConfigSource.newBuilder()
        .setApiType(ApiConfigSource.ApiType.DELTA_GRPC)
        .setTransportApiVersion(ApiVersion.V3)
        .addGrpcServices(
            GrpcService.newBuilder()
                .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName("xds-grpc")))
        .build();
  }

  private static Cluster http2Cluster(String name) {
    HttpProtocolOptions http2 =
        HttpProtocolOptions.newBuilder()
            .setExplicitHttpConfig(
                HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                    .setHttp2ProtocolOptions(
                        io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions
                            .getDefaultInstance()))
            .build();
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(Duration.newBuilder().setSeconds(1))
        .putTypedExtensionProtocolOptions(
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", any(http2))
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(
                    LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(
                            LbEndpoint.newBuilder()
                                .setEndpoint(Endpoint.newBuilder().setAddress(loopback(9))))))
        .build();
  }

  private static Listener listenerOf(RouteConfiguration route, int number) {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix("route")
            .setRouteConfig(route.toBuilder().setValidateClusters(BoolValue.of(false)))
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("envoy.filters.http.fault")
                    .setTypedConfig(any(HTTPFault.getDefaultInstance())))
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("envoy.filters.http.router")
                    .setTypedConfig(any(Router.getDefaultInstance())))
            .build();
    return Listener.newBuilder()
        .setName("route-" + number)
        .setAddress(loopback(1 + number))
        .setBindToPort(BoolValue.of(false))
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(
                    Filter.newBuilder()
                        .setName("envoy.filters.network.http_connection_manager")
                        .setTypedConfig(any(manager))))
        .build();
  }

  /** An address that no generated listener has, so that none counts as a duplicate. */
  private static Address loopback(int port) {
    return Address.newBuilder()
        .setSocketAddress(
            SocketAddress.newBuilder().setAddress("127.254.254.254").setPortValue(port))
        .build();
  }

  private static Any any(Message message) { // determinism does not matter: Envoy alone reads it
    return Any.pack(message);
  }
}
