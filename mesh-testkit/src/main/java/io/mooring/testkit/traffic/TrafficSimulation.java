package io.mooring.testkit.traffic;

import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.mooring.testkit.traffic.ConnectionMatcher.Accepted;
import io.mooring.testkit.traffic.TrafficVerdict.Forward;
import io.mooring.testkit.traffic.TrafficVerdict.Reply;
import io.mooring.testkit.traffic.TrafficVerdict.Reset;
import io.mooring.testkit.traffic.TrafficVerdict.Upstream;
import io.mooring.xds.resource.ResourceSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One proxy's generated configuration, answering what becomes of a call. Immutable, pure: equal
 * resources, calls and random numbers give equal verdicts.
 *
 * <p>Follows Envoy 1.40: listener, filter chain, virtual host, route, weights, faults, timeout,
 * rewrites, cluster, endpoint with priority, health and weight, transport socket. Not simulated:
 * retries, outlier detection, circuit breakers, mirrors.
 *
 * <pre>{@code
 * TrafficVerdict verdict =
 *     TrafficSimulation.of(resources)
 *         .decide(
 *             TrafficConnection.outbound("127.0.0.1", 9080),
 *             TrafficRequest.get("reviews:9080", "/reviews/0"),
 *             new Random(1));
 * assertThat(verdict.trace().cluster()).isEqualTo("outbound|9080|v1|reviews.demo.svc.cluster.local");
 * }</pre>
 */
public final class TrafficSimulation {

  private final XdsView view;

  private TrafficSimulation(XdsView view) {
    this.view = view;
  }

  /**
   * Returns the simulation of a proxy that has {@code resources}.
   *
   * @throws IllegalArgumentException if a resource is not well-formed
   */
  public static TrafficSimulation of(ResourceSet resources) {
    return new TrafficSimulation(new XdsView(resources));
  }

  /**
   * Returns what the proxy does with an HTTP request; if the connection is taken by a TCP proxy,
   * what it does with the connection.
   *
   * @param random asked for each weighted choice and each fault percentage
   * @throws UnsupportedConfigurationException if the call meets configuration that is not simulated
   */
  public TrafficVerdict decide(
      TrafficConnection connection, TrafficRequest request, RandomGenerator random) {
    Optional<Accepted> accepted = ConnectionMatcher.listener(view.listeners(), connection);
    if (accepted.isEmpty()) {
      return new Reset(
          TrafficTrace.NOTHING,
          "no listener for " + connection.address() + ":" + connection.port());
    }
    Listener listener = accepted.get().listener();
    Optional<FilterChain> chain = ConnectionMatcher.chain(listener, connection);
    TrafficTrace trace =
        TrafficTrace.NOTHING.chain(listener.getName(), chain.map(FilterChain::getName).orElse(""));
    if (chain.isEmpty()) {
      return new Reset(trace, "no filter chain matches");
    }
    Call call = new Call(connection, accepted.get().restored(), request, random);
    return through(chain.get(), call, trace);
  }

  /**
   * A call on its way.
   *
   * @param restored whether the destination is one that capture restored
   */
  private record Call(
      TrafficConnection connection,
      boolean restored,
      TrafficRequest request,
      RandomGenerator random) {
    Call with(TrafficRequest changed) {
      return new Call(connection, restored, changed, random);
    }
  }

  /** A client without a verified certificate cannot claim to have one. */
  private static TrafficRequest withoutForgedPeer(HttpConnectionManager manager, Call call) {
    return manager.getForwardClientCertDetails() == ForwardClientCertDetails.ALWAYS_FORWARD_ONLY
        ? call.request()
        : call.request().withoutHeader("x-forwarded-client-cert");
  }

  /** Returns the listeners, in the order of their names. */
  List<Listener> listeners() {
    return view.listeners();
  }

  private TrafficVerdict through(FilterChain chain, Call call, TrafficTrace trace) {
    if (chain.getFiltersCount() == 0) {
      return new Reset(trace, "the filter chain has no filters");
    }
    Filter last = chain.getFilters(chain.getFiltersCount() - 1);
    if (chain.getFiltersCount() > 1) {
      throw new UnsupportedConfigurationException(
          "filter chain " + chain.getName(),
          chain.getFilters(0).getName() + " before " + last.getName());
    }
    String type = last.getTypedConfig().getTypeUrl();
    if (type.endsWith(".HttpConnectionManager")) {
      return http(XdsView.unpack(last.getTypedConfig(), HttpConnectionManager.class), call, trace);
    }
    if (type.endsWith(".TcpProxy")) {
      return tcp(XdsView.unpack(last.getTypedConfig(), TcpProxy.class), call, trace);
    }
    throw new UnsupportedConfigurationException("filter chain " + chain.getName(), last.getName());
  }

  private TrafficVerdict tcp(TcpProxy proxy, Call call, TrafficTrace trace) {
    String name =
        proxy.hasWeightedClusters()
            ? Weights.pick(
                    proxy.getWeightedClusters().getClustersList(),
                    TcpProxy.WeightedCluster.ClusterWeight::getWeight,
                    call.random())
                .getName()
            : proxy.getCluster();
    TrafficTrace there = trace.cluster(name);
    Optional<Cluster> cluster = view.cluster(name);
    if (cluster.isEmpty()) {
      return new Reset(there, "no cluster " + name);
    }
    return endpoint(cluster.get(), call)
        .<TrafficVerdict>map(
            upstream ->
                new Forward(
                    there.endpoint(upstream.address() + ":" + upstream.port()),
                    Duration.ZERO,
                    Duration.ZERO,
                    upstream,
                    call.request()))
        .orElseGet(() -> new Reset(there, "no healthy upstream in " + name));
  }

  private TrafficVerdict http(HttpConnectionManager manager, Call received, TrafficTrace trace) {
    HttpFilters filters = HttpFilters.of(manager);
    Call call = received.with(withoutForgedPeer(manager, received));
    Optional<RouteConfiguration> configuration =
        manager.hasRds()
            ? view.routes(manager.getRds().getRouteConfigName())
            : Optional.of(manager.getRouteConfig());
    if (configuration.isEmpty()) {
      return new Reset(
          trace, "waits for route configuration " + manager.getRds().getRouteConfigName());
    }
    Optional<VirtualHost> virtualHost =
        new RouteTable(configuration.get()).virtualHost(call.request());
    Optional<RouteDecision> decision =
        virtualHost.flatMap(
            host ->
                RouteTable.route(host, call.request())
                    .map(route -> RouteDecision.of(route, host, call.request(), call.random())));
    if (decision.isEmpty()) {
      TrafficTrace there = trace.route(virtualHost.map(VirtualHost::getName).orElse(""), "");
      return new Reply(there, Duration.ZERO, 404, "", "NR", "");
    }
    return decided(decision.get(), filters, call, trace);
  }

  private TrafficVerdict decided(
      RouteDecision decision, HttpFilters filters, Call call, TrafficTrace trace) {
    TrafficTrace there = trace.route(decision.virtualHostName(), decision.routeName());
    FaultDraw fault =
        filters.fault()
            ? FaultDraw.draw(decision.perFilterConfigs(), call.request(), call.random())
            : FaultDraw.NONE;
    if (fault.abortStatus().isPresent()) {
      int status = fault.abortStatus().getAsInt();
      return new Reply(
          there.cluster(decision.cluster()), fault.delay(), status, "fault filter abort", "FI", "");
    }
    return decision
        .ownReply(there, fault.delay())
        .<TrafficVerdict>map(reply -> reply)
        .orElseGet(
            () -> forwarded(decision, fault.delay(), call, there.cluster(decision.cluster())));
  }

  private TrafficVerdict forwarded(
      RouteDecision decision, Duration delay, Call call, TrafficTrace trace) {
    Optional<Cluster> cluster = view.cluster(decision.cluster());
    if (cluster.isEmpty()) {
      return new Reply(trace, delay, 503, "", "NC", "");
    }
    return endpoint(cluster.get(), call)
        .<TrafficVerdict>map(
            upstream ->
                new Forward(
                    trace.endpoint(upstream.address() + ":" + upstream.port()),
                    delay,
                    decision.timeout(),
                    upstream,
                    decision.request()))
        .orElseGet(() -> new Reply(trace, delay, 503, "no healthy upstream", "UH", ""));
  }

  private Optional<Upstream> endpoint(Cluster cluster, Call call) {
    EndpointPick pick = new EndpointPick(cluster, call.random());
    if (cluster.hasClusterType()) {
      if (!cluster.getClusterType().getName().equals("envoy.cluster.dns")) {
        throw new UnsupportedConfigurationException(
            "cluster " + cluster.getName(), cluster.getClusterType().getName());
      }
      return pick.among(cluster.getLoadAssignment());
    }
    return switch (cluster.getType()) {
      case STATIC, STRICT_DNS, LOGICAL_DNS -> pick.among(cluster.getLoadAssignment());
      case EDS -> pick.among(assignment(cluster));
      case ORIGINAL_DST ->
          call.restored()
              ? Optional.of(pick.originalDestination(call.connection()))
              : Optional.empty();
      case UNRECOGNIZED ->
          throw new UnsupportedConfigurationException("cluster " + cluster.getName(), "its type");
    };
  }

  private ClusterLoadAssignment assignment(Cluster cluster) {
    String serviceName = cluster.getEdsClusterConfig().getServiceName();
    return view.endpoints(serviceName.isEmpty() ? cluster.getName() : serviceName)
        .orElse(ClusterLoadAssignment.getDefaultInstance());
  }

  /** Returns a protobuf duration as the JDK's. */
  static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofNanos(Durations.toNanos(duration));
  }
}
