package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.mooring.testkit.Row;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.XdsLimits;
import io.mooring.xds.server.XdsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that mean harm, on real sockets: they lose their own stream, and nobody else notices. */
class HostileClientTest {

  private static final Node HOSTILE = Node.newBuilder().setId("one").build();

  private final SnapshotResources resources = new SnapshotResources(ProxyNode::id);
  private final XdsServer xds = XdsServer.builder(resources).build();
  private Server server;
  private ManagedChannel hostile;
  private ManagedChannel honest;
  private FakeProxy victim;
  private int revision;

  @BeforeEach
  void connect() throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    xds.bindTo(builder);
    server = builder.build().start();
    hostile = channel();
    honest = channel();
    victim = FakeProxy.delta(honest, FakeProxy.node("one"));
    victim.subscribe(CLUSTER);
    resources.put("one", CLUSTER, cluster("a", ++revision));
    victim.awaitNames(CLUSTER, "a");
  }

  private ManagedChannel channel() {
    return NettyChannelBuilder.forAddress(server.getListenSockets().get(0)).usePlaintext().build();
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    victim.close();
    hostile.shutdownNow();
    honest.shutdownNow();
    xds.close();
    server.shutdownNow();
    assertThat(server.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
  }

  private RawDelta delta() {
    return new RawDelta(
        hostile, AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(), HOSTILE);
  }

  private void victimIsServed() {
    int before = victim.received().size();
    resources.put("one", CLUSTER, cluster("a", ++revision));
    victim.await(response -> response.versions().containsValue(cluster("a", revision).version()));
    assertThat(victim.receivedSince(before)).hasSize(1);
  }

  private static io.grpc.Status.Code endOf(RawStream<?, ?> stream) {
    await().until(() -> !stream.isOpen());
    return stream.end().getCode();
  }

  private static List<String> names(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "name-" + i).toList();
  }

  @Test
  void hundredThousandNamesInOneRequest() {
    RawDelta client = delta();
    client.send(ENDPOINT, request -> request.addAllResourceNamesSubscribe(names(0, 100_000)));
    assertThat(endOf(client.stream)).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
    victimIsServed();
  }

  @Test
  void namesWithoutEndInManyRequests() {
    RawDelta client = delta();
    for (int i = 0; i < 11; i++) {
      int from = i * 10_000;
      client.send(
          new XdsType("type.googleapis.com/invented." + i % 7),
          request -> request.addAllResourceNamesSubscribe(names(from, from + 10_000)));
    }
    assertThat(endOf(client.stream)).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
    assertThat(client.stream.end().getDescription())
        .contains(String.valueOf(XdsLimits.DEFAULTS.maxNamesPerStream()));
    victimIsServed();
  }

  @Test
  void keptNamesWithoutEndOfANodeThatNobodyKnows() {
    RawDelta client =
        new RawDelta(
            hostile,
            AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(),
            Node.newBuilder().setId("nobody").build());
    for (int i = 0; i < 3; i++) {
      Map<String, String> kept = new HashMap<>();
      names(0, 40_000).forEach(name -> kept.put(name, "1"));
      client.resume(new XdsType("type.googleapis.com/invented." + i), kept);
    }
    assertThat(endOf(client.stream)).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
    victimIsServed();
  }

  @Test
  void bytesThatAreNoMessage() {
    MethodDescriptor<byte[], DeltaDiscoveryResponse> method =
        AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod().toBuilder(
                new Bytes(),
                AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod()
                    .getResponseMarshaller())
            .build();
    RawStream<byte[], DeltaDiscoveryResponse> stream = new RawStream<>(hostile, method);
    stream.send(new byte[] {(byte) 0xff, (byte) 0xff, 7, 7, 7});
    assertThat(endOf(stream)).isEqualTo(io.grpc.Status.Code.INVALID_ARGUMENT);
    victimIsServed();
  }

  @Test
  void anysThatHoldNothingOfTheirType() {
    Any garbage =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/envoy.config.cluster.v3.Cluster")
            .setValue(ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xff}))
            .build();
    RawDelta client = delta();
    client.send(
        CLUSTER,
        request ->
            request
                .setResponseNonce("\n\r${jndi:x}")
                .setErrorDetail(
                    Status.newBuilder().setCode(99).setMessage("\n\033[31m").addDetails(garbage)));
    await().until(() -> !client.take().isEmpty());
    assertThat(client.stream.isOpen()).isTrue();
    victimIsServed();
  }

  @Test
  void nodeThatIsNestedNonsense() {
    Value nested = Value.newBuilder().setStringValue("x").build();
    for (int depth = 0; depth < 40; depth++) {
      nested =
          Value.newBuilder()
              .setStructValue(Struct.newBuilder().putFields("LABELS", nested))
              .build();
    }
    RawDelta client =
        new RawDelta(
            hostile,
            AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(),
            HOSTILE.toBuilder().setMetadata(nested.getStructValue()).build());
    client.subscribe(CLUSTER);
    assertThat(endOf(client.stream)).isEqualTo(io.grpc.Status.Code.INVALID_ARGUMENT);
    victimIsServed();
  }

  @Row({29, 165})
  @Test
  void floodOfNoncesIsReadAndNotAnswered() {
    RawDelta client = delta().subscribe(CLUSTER);
    await().until(() -> !client.take().isEmpty());
    for (int i = 0; i < 10_000; i++) {
      int nonce = i;
      client.send(CLUSTER, request -> request.setResponseNonce("nonce-" + nonce));
    }
    victimIsServed();
    client.subscribe(ENDPOINT, "after the flood");
    await().until(() -> client.sent().contains("ClusterLoadAssignment -after the flood"));
    assertThat(client.stream.isOpen()).isTrue();
  }

  @Test
  void messageOfFiveMebibytes() {
    RawStream<DiscoveryRequest, ?> stream =
        new RawStream<>(
            hostile, AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod());
    stream.send(
        DiscoveryRequest.newBuilder()
            .setNode(HOSTILE)
            .setTypeUrl(CLUSTER.typeUrl())
            .addResourceNames("x".repeat(5 << 20))
            .build());
    assertThat(endOf(stream)) // gRPC resets the stream; which of the two arrives first is chance
        .isIn(io.grpc.Status.Code.RESOURCE_EXHAUSTED, io.grpc.Status.Code.CANCELLED);
    victimIsServed();
  }

  @Test
  void typesWithoutEnd() {
    RawDelta client = delta();
    for (int i = 0; i < 10_000; i++) {
      client.subscribe(new XdsType("type.googleapis.com/invented." + i), "x");
    }
    client.subscribe(CLUSTER);
    await()
        .untilAsserted(
            () ->
                assertThat(xds.status())
                    .filteredOn(
                        status -> status.node().metadata().equals(Struct.getDefaultInstance()))
                    .allSatisfy(status -> assertThat(status.types()).hasSizeLessThanOrEqualTo(64)));
    victimIsServed();
  }

  @Test
  void streamsThatAreOpenedAndLeftAlone() {
    for (int i = 0; i < 500; i++) {
      new RawStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(
          hostile, AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod());
    }
    victimIsServed();
  }

  /** Sends what it is given. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("a client does not read requests");
    }
  }
}
