package io.mooring.testkit.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.PushService;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.server.PeerIdentity;
import io.mooring.xds.server.XdsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Hand-made resources, served in this process. */
final class InProcessXds implements AutoCloseable {

  final SnapshotResources resources = new SnapshotResources(ProxyNode::id);
  final PushService<Set<String>> push =
      PushService.builder(resources).debounce(Duration.ZERO, Duration.ZERO).build();
  final XdsServer xds;
  private final Server server;
  private final ManagedChannel channel;
  private volatile PeerIdentity peer = PeerIdentity.ANONYMOUS;

  InProcessXds() {
    this(builder -> builder);
  }

  InProcessXds(UnaryOperator<XdsServer.Builder> settings) {
    this(settings, List.of());
  }

  /** As the other one, with more services on the same server. */
  InProcessXds(UnaryOperator<XdsServer.Builder> settings, List<BindableService> more) {
    resources.onChange(push::changed);
    xds = settings.apply(XdsServer.builder(push)).build();
    String name = InProcessServerBuilder.generateName();
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
    more.forEach(builder::addService);
    for (BindableService service : xds.services()) {
      builder.addService(ServerInterceptors.intercept(service, new GivenPeer()));
    }
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).build();
  }

  Channel channel() {
    return channel;
  }

  /** Makes this the identity of every stream that is opened from now on. */
  void setPeer(PeerIdentity peer) {
    this.peer = peer;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    xds.close();
    push.close();
    server.shutdownNow();
  }

  static VersionedResource cluster(String name, int revision) {
    return VersionedResource.of(
        name,
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.EDS)
            .setAltStatName("r" + revision)
            .build());
  }

  static VersionedResource endpoints(String name, int revision) {
    return VersionedResource.of(
        name,
        ClusterLoadAssignment.newBuilder()
            .setClusterName(name)
            .addEndpoints(LocalityLbEndpoints.newBuilder().setPriority(revision))
            .build());
  }

  static VersionedResource route(String name, int revision) {
    return VersionedResource.of(
        name,
        RouteConfiguration.newBuilder()
            .setName(name)
            .addInternalOnlyHeaders("r" + revision)
            .build());
  }

  private final class GivenPeer implements ServerInterceptor {
    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
      return Contexts.interceptCall(
          Context.current().withValue(PeerIdentity.CONTEXT_KEY, peer), call, headers, next);
    }
  }
}
