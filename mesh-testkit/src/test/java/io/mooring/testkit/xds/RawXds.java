package io.mooring.testkit.xds;

import static java.util.Objects.requireNonNull;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.extension.v3.ExtensionConfigDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.ScopedRoutesDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.VirtualHostDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.runtime.v3.RuntimeDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.PushService;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.XdsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A real server of hand-made resources without a thread of its own: what a call or a request sets
 * off has happened when it returns.
 */
final class RawXds implements AutoCloseable {

  /** How a client reaches a type. */
  enum Via {
    /** ADS. */
    AGGREGATED,
    /** The service of the type. */
    SEPARATE
  }

  /** What every client here says it is, unless its test says otherwise. */
  static final Node NODE = Node.newBuilder().setId("one").build();

  static final Map<XdsType, MethodDescriptor<DiscoveryRequest, DiscoveryResponse>> SOTW =
      Map.of(
          XdsType.LISTENER, ListenerDiscoveryServiceGrpc.getStreamListenersMethod(),
          XdsType.ROUTE, RouteDiscoveryServiceGrpc.getStreamRoutesMethod(),
          XdsType.SCOPED_ROUTE, ScopedRoutesDiscoveryServiceGrpc.getStreamScopedRoutesMethod(),
          XdsType.CLUSTER, ClusterDiscoveryServiceGrpc.getStreamClustersMethod(),
          XdsType.ENDPOINT, EndpointDiscoveryServiceGrpc.getStreamEndpointsMethod(),
          XdsType.SECRET, SecretDiscoveryServiceGrpc.getStreamSecretsMethod(),
          XdsType.RUNTIME, RuntimeDiscoveryServiceGrpc.getStreamRuntimeMethod(),
          XdsType.EXTENSION_CONFIG,
              ExtensionConfigDiscoveryServiceGrpc.getStreamExtensionConfigsMethod());

  static final Map<XdsType, MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse>> DELTA =
      Map.of(
          XdsType.LISTENER, ListenerDiscoveryServiceGrpc.getDeltaListenersMethod(),
          XdsType.ROUTE, RouteDiscoveryServiceGrpc.getDeltaRoutesMethod(),
          XdsType.SCOPED_ROUTE, ScopedRoutesDiscoveryServiceGrpc.getDeltaScopedRoutesMethod(),
          XdsType.VIRTUAL_HOST, VirtualHostDiscoveryServiceGrpc.getDeltaVirtualHostsMethod(),
          XdsType.CLUSTER, ClusterDiscoveryServiceGrpc.getDeltaClustersMethod(),
          XdsType.ENDPOINT, EndpointDiscoveryServiceGrpc.getDeltaEndpointsMethod(),
          XdsType.SECRET, SecretDiscoveryServiceGrpc.getDeltaSecretsMethod(),
          XdsType.RUNTIME, RuntimeDiscoveryServiceGrpc.getDeltaRuntimeMethod(),
          XdsType.EXTENSION_CONFIG,
              ExtensionConfigDiscoveryServiceGrpc.getDeltaExtensionConfigsMethod());

  final FakeClock clock = new FakeClock();
  final ManualExecutor timer = new ManualExecutor(clock);
  final SnapshotResources resources;
  final XdsServer xds;
  final ManagedChannel channel;
  private final PushService<Set<String>> push;
  private final Server server;

  RawXds() {
    this(new SnapshotResources(ProxyNode::id), builder -> builder);
  }

  RawXds(SnapshotResources resources, UnaryOperator<XdsServer.Builder> settings) {
    this.resources = resources;
    push =
        PushService.builder(resources)
            .debounce(Duration.ZERO, Duration.ZERO)
            .executor(Runnable::run)
            .build();
    resources.onChange(push::changed);
    xds = settings.apply(XdsServer.builder(push).clock(clock).scheduler(timer)).build();
    String name = InProcessServerBuilder.generateName();
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor();
    xds.services().forEach(builder::addService);
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  RawSotw sotw(Via via, XdsType type) {
    return sotw(via, type, NODE);
  }

  RawSotw sotw(Via via, XdsType type, Node node) {
    return new RawSotw(
        channel,
        via == Via.AGGREGATED
            ? AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod()
            : requireNonNull(SOTW.get(type), "no such service"),
        node);
  }

  RawDelta delta(Via via, XdsType type) {
    return delta(via, type, NODE);
  }

  RawDelta delta(Via via, XdsType type, Node node) {
    return new RawDelta(
        channel,
        via == Via.AGGREGATED
            ? AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod()
            : requireNonNull(DELTA.get(type), "no such service"),
        node);
  }

  RawSotw sotw() {
    return sotw(Via.AGGREGATED, XdsType.CLUSTER);
  }

  RawDelta delta() {
    return delta(Via.AGGREGATED, XdsType.CLUSTER);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    xds.close();
    push.close();
    server.shutdownNow();
  }
}
