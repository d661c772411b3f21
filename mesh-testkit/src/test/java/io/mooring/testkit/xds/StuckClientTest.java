package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.mooring.testkit.Row;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.PushService;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.XdsLimits;
import io.mooring.xds.server.XdsObserver;
import io.mooring.xds.server.XdsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Limits over a real connection: the in-process transport has no windows that fill up. */
class StuckClientTest {

  /** A server on loopback that counts what it sent to whom. */
  private static final class Served implements AutoCloseable {
    final SnapshotResources resources = new SnapshotResources(node -> "all");
    final PushService<Set<String>> push =
        PushService.builder(resources).debounce(Duration.ZERO, Duration.ZERO).build();
    final Map<String, AtomicLong> bytesByNode = new ConcurrentHashMap<>();
    final Map<String, Duration> convergenceByNode = new ConcurrentHashMap<>();
    final XdsServer xds;
    final Server server;

    Served(XdsLimits limits) throws Exception {
      resources.onChange(push::changed);
      xds =
          XdsServer.builder(push)
              .limits(limits)
              .observer(
                  new XdsObserver() {
                    @Override
                    public void responseSent(
                        ProxyNode node, XdsType type, int resources, int removed, long bytes) {
                      bytesByNode
                          .computeIfAbsent(node.id(), id -> new AtomicLong())
                          .addAndGet(bytes);
                    }

                    @Override
                    public void converged(ProxyNode node, Duration elapsed) {
                      convergenceByNode.put(node.id(), elapsed);
                    }
                  })
              .build();
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      xds.bindTo(builder);
      server = builder.build().start();
    }

    long bytes(String node) {
      return bytesByNode.getOrDefault(node, new AtomicLong()).get();
    }

    ManagedChannel channel() {
      return NettyChannelBuilder.forAddress(server.getListenSockets().get(0))
          .usePlaintext()
          .flowControlWindow(64 * 1024)
          .build();
    }

    @Override
    public void close() {
      xds.close();
      push.close();
      server.shutdownNow();
    }
  }

  /** A client that asks for everything and never reads an answer. */
  private static CompletableFuture<Status> stuck(ManagedChannel channel, String id) {
    CompletableFuture<Status> end = new CompletableFuture<>();
    AggregatedDiscoveryServiceGrpc.newStub(channel)
        .deltaAggregatedResources(
            new ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> requests) {
                requests.disableAutoRequestWithInitial(0);
              }

              @Override
              public void onNext(DeltaDiscoveryResponse response) {}

              @Override
              public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            })
        .onNext(
            DeltaDiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder().setId(id))
                .setTypeUrl(CLUSTER.typeUrl())
                .build());
    return end;
  }

  private static VersionedResource large(String name, int revision) {
    return VersionedResource.of(
        name,
        Cluster.newBuilder()
            .setName(name)
            .setAltStatNameBytes(ByteString.copyFromUtf8("x".repeat(300_000) + revision))
            .build());
  }

  @Test
  @Row(164)
  void clientThatStopsReadingIsClosedAndHoldsLittleMemory() throws Exception {
    XdsLimits limits = XdsLimits.builder().unreadTimeout(Duration.ofMillis(700)).build();
    try (Served served = new Served(limits)) {
      ManagedChannel stuckChannel = served.channel();
      ManagedChannel channel = served.channel();
      served.resources.put("all", CLUSTER, large("a", 0));
      CompletableFuture<Status> end = stuck(stuckChannel, "stuck");
      try (FakeProxy healthy = FakeProxy.delta(channel, FakeProxy.node("healthy"))) {
        healthy.subscribe(CLUSTER);
        for (int revision = 1; revision <= 40; revision++) {
          VersionedResource newest = large("a", revision);
          served.resources.put("all", CLUSTER, newest);
          healthy.await(response -> response.versions().containsValue(newest.version()));
        }
        await().until(() -> served.xds.status().size() == 1);
        // at most what the windows take and one response more, of 12 MB that changed
        assertThat(served.bytes("stuck")).isLessThan(1_000_000);
        assertThat(served.bytes("healthy")).isGreaterThan(12_000_000);
        assertThat(served.push.connected()).isEqualTo(1);
        healthy.fence();
      }
      stuckChannel.shutdownNow();
      channel.shutdownNow();
      assertThat(end.get(10, TimeUnit.SECONDS).isOk()).isFalse();
    }
  }

  @Test
  void requestThatIsTooLargeEndsItsStreamAlone() throws Exception {
    XdsLimits limits = XdsLimits.builder().maxRequestBytes(1000).build();
    try (Served served = new Served(limits)) {
      served.resources.put("all", CLUSTER, cluster("a", 1));
      ManagedChannel channel = served.channel();
      try (FakeProxy hostile = FakeProxy.delta(channel, FakeProxy.node("hostile"));
          FakeProxy healthy = FakeProxy.delta(channel, FakeProxy.node("healthy"))) {
        healthy.subscribe(CLUSTER);
        healthy.awaitNames(CLUSTER, "a");
        hostile.subscribe(CLUSTER, "x".repeat(5000));
        assertThat(hostile.awaitEnd().isOk()).isFalse();
        healthy.fence();
      }
      channel.shutdownNow();
    }
  }

  @Test
  void listenersThatAGrpcClientCannotTakeAreRefusedAloud() throws Exception {
    Node grpc = Node.newBuilder().setId("grpc").setUserAgentName("gRPC Java").build();
    XdsLimits limits = XdsLimits.builder().maxResponseBytes(10_000).build();
    try (Served served = new Served(limits)) {
      ResourceSet set = ResourceSet.empty();
      for (int i = 0; i < 12; i++) {
        String name = "l" + i;
        set =
            set.with(
                LISTENER,
                VersionedResource.of(
                    name,
                    Listener.newBuilder().setName(name).setStatPrefix("x".repeat(1000)).build()));
        set = set.with(CLUSTER, cluster(name, 1));
      }
      served.resources.set("all", set);
      ManagedChannel channel = served.channel();
      try (FakeProxy client = FakeProxy.sotw(channel, grpc)) {
        client.subscribe(LISTENER, "l1", "l2");
        client.awaitNames(LISTENER, "l1", "l2");
        client.subscribe(LISTENER, set.resources(LISTENER).keySet().toArray(String[]::new));
        Status end = client.awaitEnd();
        assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(end.getDescription()).contains("Listener").contains("12").contains("10000");
      }
      try (FakeProxy envoy = FakeProxy.sotw(channel, FakeProxy.node("envoy"))) {
        envoy.subscribe(LISTENER);
        envoy.await(LISTENER);
        assertThat(envoy.received().get(0).resources()).hasSize(12);
      }
      channel.shutdownNow();
    }
  }

  @Test
  void convergenceIsFromTheChangeToTheLastAnswer() throws Exception {
    try (Served served = new Served(XdsLimits.DEFAULTS)) {
      served.resources.put("all", CLUSTER, cluster("a", 1));
      ManagedChannel channel = served.channel();
      try (FakeProxy proxy = FakeProxy.delta(channel, FakeProxy.node("one"))) {
        proxy.subscribe(CLUSTER);
        proxy.awaitNames(CLUSTER, "a");
        await().until(() -> served.convergenceByNode.containsKey("one"));
        served.convergenceByNode.clear();
        proxy.rejectNext(CLUSTER, "no");
        served.resources.put("all", CLUSTER, cluster("a", 2));
        proxy.await(response -> response.versions().containsValue(cluster("a", 2).version()));
        proxy.fence();
        assertThat(served.convergenceByNode).isEmpty();
        served.resources.put("all", CLUSTER, cluster("a", 3));
        await().until(() -> served.convergenceByNode.containsKey("one"));
        assertThat(served.convergenceByNode.get("one")).isLessThan(Duration.ofSeconds(5));
      }
      channel.shutdownNow();
    }
  }
}
