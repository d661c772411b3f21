package io.mooring.identity.agent.sds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.Status;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.agent.socket.SocketDirectory;
import io.mooring.testkit.Row;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdsServerTest {

  private static final SecretSet FIRST = SecretSet.of("chain 1", "key 1", Map.of("td", "roots"));
  private static final SecretSet ROTATED = SecretSet.of("chain 2", "key 2", Map.of("td", "roots"));

  private final List<String> rejected = new CopyOnWriteArrayList<>();
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private SocketDirectory directory;
  private SdsServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start(@TempDir Path parent) throws IOException {
    directory = SocketDirectory.create(parent);
    server =
        SdsServer.start(
            directory.sdsSocket(), FIRST, (name, version, why) -> rejected.add(name + " " + why));
    channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(server.socket()))
            .channelFactory(NioDomainSocketChannel::new)
            .eventLoopGroup(loop)
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() throws IOException {
    channel.shutdownNow();
    server.close();
    directory.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  @Row(169)
  void onlyThisUserMayReachTheSocket() throws IOException {
    assertThat(Files.getPosixFilePermissions(server.socket()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(server.socket().getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void secondServerOnOneSocketIsRefused() {
    assertThatThrownBy(() -> SdsServer.start(server.socket(), FIRST, (n, v, w) -> {}))
        .isInstanceOf(IOException.class);
  }

  @Test
  void nackIsSeen() throws Exception {
    Stream<DeltaDiscoveryResponse> responses = new Stream<>();
    var requests = SecretDiscoveryServiceGrpc.newStub(channel).deltaSecrets(responses);
    requests.onNext(subscribe("default"));

    requests.onNext(
        DeltaDiscoveryRequest.newBuilder()
            .setResponseNonce(responses.next().getNonce())
            .setErrorDetail(Status.newBuilder().setMessage("bad key"))
            .build());

    await().untilAsserted(() -> assertThat(rejected).containsExactly("default bad key"));
  }

  @Test
  void rotationReachesEveryOpenStream() throws Exception {
    Stream<DeltaDiscoveryResponse> delta = new Stream<>();
    Stream<DiscoveryResponse> world = new Stream<>();
    SecretDiscoveryServiceGrpc.newStub(channel).deltaSecrets(delta).onNext(subscribe("default"));
    SecretDiscoveryServiceGrpc.newStub(channel)
        .streamSecrets(world)
        .onNext(DiscoveryRequest.newBuilder().addResourceNames("default").build());
    assertThat(key(delta.next())).isEqualTo("key 1");
    assertThat(key(world.next())).isEqualTo("key 1");

    server.serve(ROTATED);

    assertThat(key(delta.next())).isEqualTo("key 2");
    assertThat(key(world.next())).isEqualTo("key 2");
  }

  @Test
  void streamThatWasCancelledDoesNotDisturbTheOthers() throws Exception {
    Stream<DeltaDiscoveryResponse> gone = new Stream<>();
    var requests = SecretDiscoveryServiceGrpc.newStub(channel).deltaSecrets(gone);
    requests.onNext(subscribe("default"));
    gone.next();
    Stream<DeltaDiscoveryResponse> staying = new Stream<>();
    SecretDiscoveryServiceGrpc.newStub(channel).deltaSecrets(staying).onNext(subscribe("default"));
    staying.next();

    requests.onError(new IllegalStateException("the client goes"));
    server.serve(ROTATED);

    assertThat(key(staying.next())).isEqualTo("key 2");
  }

  @Test
  void closeEndsStreamsAndRemovesTheSocket() throws Exception {
    Stream<DeltaDiscoveryResponse> responses = new Stream<>();
    SecretDiscoveryServiceGrpc.newStub(channel)
        .deltaSecrets(responses)
        .onNext(subscribe("default"));
    responses.next();

    server.close();
    server.close();

    await().untilAsserted(() -> assertThat(responses.ended).isNotEmpty());
    assertThat(server.socket()).doesNotExist();
  }

  private static DeltaDiscoveryRequest subscribe(String name) {
    return DeltaDiscoveryRequest.newBuilder().addResourceNamesSubscribe(name).build();
  }

  private static String key(DeltaDiscoveryResponse response) throws IOException {
    return Secret.parseFrom(response.getResources(0).getResource().getValue())
        .getTlsCertificate()
        .getPrivateKey()
        .getInlineBytes()
        .toStringUtf8();
  }

  private static String key(DiscoveryResponse response) throws IOException {
    return Secret.parseFrom(response.getResources(0).getValue())
        .getTlsCertificate()
        .getPrivateKey()
        .getInlineBytes()
        .toStringUtf8();
  }

  private static final class Stream<T> implements StreamObserver<T> {
    private final BlockingQueue<T> received = new LinkedBlockingQueue<>();
    private final List<String> ended = new CopyOnWriteArrayList<>();

    T next() throws InterruptedException {
      T response = received.poll(5, TimeUnit.SECONDS);
      assertThat(response).as("response within 5 s").isNotNull();
      return response;
    }

    @Override
    public void onNext(T response) {
      received.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      ended.add(String.valueOf(failure.getMessage()));
    }

    @Override
    public void onCompleted() {
      ended.add("completed");
    }
  }
}
