package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.mooring.testkit.Row;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.server.XdsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Hostile clients of all kinds at the same time as honest ones, in small; the load driver does the
 * same to 1,000 streams, and measures.
 */
class HostileCrowdTest {

  private static final int HONEST = 50;
  private static final int ATTACKS = 3;
  private static final Node HOSTILE = Node.newBuilder().setId("hostile").build();

  private static final List<String> NAMES =
      IntStream.range(0, 100_000).mapToObj(i -> "name-" + i).toList();

  private final SnapshotResources resources = new SnapshotResources(node -> "all");
  private final XdsServer xds = XdsServer.builder(resources).build();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<FakeProxy> honest = new ArrayList<>();
  private final ExecutorService attackers = Executors.newCachedThreadPool();
  private Server server;

  @BeforeEach
  void connect() throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    xds.bindTo(builder);
    server = builder.build().start();
    resources.put("all", CLUSTER, cluster("a", 0));
    ManagedChannel channel = channel();
    for (int i = 0; i < HONEST; i++) {
      FakeProxy proxy = FakeProxy.delta(channel, FakeProxy.node("honest-" + i));
      honest.add(proxy);
      proxy.subscribe(CLUSTER);
    }
    honest.forEach(proxy -> proxy.awaitNames(CLUSTER, "a"));
  }

  private ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(server.getListenSockets().get(0)).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    attackers.shutdownNow();
    honest.forEach(FakeProxy::close);
    channels.forEach(ManagedChannel::shutdownNow);
    xds.close();
    server.shutdownNow();
    assertThat(server.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @Row({29, 165})
  void everyChangeReachesEveryHonestClientOnceWhileAllAttack() {
    List<Function<ManagedChannel, RawStream<?, ?>>> kinds =
        List.of(
            HostileCrowdTest::names,
            HostileCrowdTest::garbage,
            HostileCrowdTest::nonces,
            HostileCrowdTest::fiveMebibytes);
    AtomicIntegerArray attacks = new AtomicIntegerArray(kinds.size());
    for (int i = 0; i < kinds.size(); i++) {
      int kind = i;
      ManagedChannel channel = channel();
      attackers.submit(() -> attackOnAndOn(kinds.get(kind), channel, attacks, kind));
    }
    int revision = 0;
    while (IntStream.range(0, kinds.size()).anyMatch(kind -> attacks.get(kind) < ATTACKS)) {
      VersionedResource newest = cluster("a", ++revision);
      int[] before = honest.stream().mapToInt(proxy -> proxy.received().size()).toArray();
      resources.put("all", CLUSTER, newest);
      honest.forEach(
          proxy -> proxy.await(response -> response.versions().containsValue(newest.version())));
      for (int i = 0; i < HONEST; i++) {
        assertThat(honest.get(i).receivedSince(before[i])).hasSize(1);
      }
    }
    assertThat(revision).isPositive();
  }

  private void attackOnAndOn(
      Function<ManagedChannel, RawStream<?, ?>> kind,
      ManagedChannel channel,
      AtomicIntegerArray attacks,
      int index) {
    while (!attackers.isShutdown()) {
      RawStream<?, ?> stream = kind.apply(channel);
      await().pollInterval(Duration.ofMillis(10)).until(() -> !stream.isOpen());
      attacks.incrementAndGet(index);
    }
  }

  private static RawDelta delta(ManagedChannel channel) {
    return new RawDelta(
        channel, AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(), HOSTILE);
  }

  private static RawStream<?, ?> names(ManagedChannel channel) {
    RawDelta client = delta(channel);
    client.send(ENDPOINT, request -> request.addAllResourceNamesSubscribe(NAMES));
    return client.stream;
  }

  private static RawStream<?, ?> garbage(ManagedChannel channel) {
    RawStream<byte[], ?> stream =
        new RawStream<>(
            channel,
            AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod().toBuilder(
                    new Bytes(),
                    AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod()
                        .getResponseMarshaller())
                .build());
    stream.send(new byte[] {(byte) 0xff, (byte) 0xff, 7, 7, 7});
    return stream;
  }

  private static RawStream<?, ?> nonces(ManagedChannel channel) {
    RawDelta client = delta(channel).subscribe(ENDPOINT, "x");
    for (int i = 0; i < 10_000; i++) {
      int nonce = i;
      client.send(ENDPOINT, request -> request.setResponseNonce("nonce-" + nonce));
    }
    client.stream.halfClose();
    return client.stream;
  }

  private static RawStream<?, ?> fiveMebibytes(ManagedChannel channel) {
    RawDelta client = delta(channel);
    client.subscribe(ENDPOINT, "x".repeat(5 << 20));
    return client.stream;
  }

  /** Sends what it is given. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(Arrays.copyOf(value, value.length));
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("a client does not read requests");
    }
  }
}
