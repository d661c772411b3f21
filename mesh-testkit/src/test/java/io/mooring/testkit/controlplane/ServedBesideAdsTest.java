package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsResponse;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.StreamObserver;
import io.mooring.controlplane.MeshControlPlane;
import io.mooring.controlplane.MeshControlPlaneBuilder;
import io.mooring.identity.X509Svid;
import io.mooring.identity.ca.SvidTemplate;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.xds.FakeProxy;
import io.mooring.xds.debug.ClientStatusAuthorizer;
import io.mooring.xds.resource.XdsType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is served beside ADS: client status (CSDS) and load reports (LRS), and to whom. */
class ServedBesideAdsTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private Path directory;

  @Test
  void plaintextPortServesBothToAnybody() throws Exception {
    try (MeshControlPlane mesh = start(builder -> builder)) {
      ManagedChannel channel = plaintext(mesh);
      try (FakeProxy proxy = FakeProxy.delta(channel, FakeProxy.node("sidecar~1.2.3.4~a.b~c"))) {
        proxy.subscribe(XdsType.CLUSTER);
        proxy.await(XdsType.CLUSTER);
        assertThat(statusOf(channel)).isEqualTo(Status.Code.OK);
        assertThat(nodesSeen(channel)).isEqualTo(1);
        assertThat(reportTo(channel)).isEqualTo(Status.Code.OK);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void tlsPortServesThemToThoseAloneWhoMay() throws Exception {
    SpiffeId[] self = new SpiffeId[1];
    try (MeshControlPlane mesh = start(builder -> builder)) {
      self[0] = mesh.id();
      assertThat(overTls(mesh, null, ServedBesideAdsTest::statusOf))
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(overTls(mesh, workload(mesh), ServedBesideAdsTest::statusOf))
          .isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(overTls(mesh, self[0], ServedBesideAdsTest::statusOf)).isEqualTo(Status.Code.OK);
      assertThat(overTls(mesh, null, ServedBesideAdsTest::reportTo))
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(overTls(mesh, workload(mesh), ServedBesideAdsTest::reportTo))
          .isEqualTo(Status.Code.OK);
    }
    try (MeshControlPlane mesh =
        start(
            builder ->
                builder.clientStatus(
                    peer -> {
                      if (peer.spiffeId().filter(self[0]::equals).isPresent()) {
                        throw Status.PERMISSION_DENIED.asRuntimeException();
                      }
                    }))) {
      assertThat(overTls(mesh, workload(mesh), ServedBesideAdsTest::statusOf))
          .isEqualTo(Status.Code.OK);
      assertThat(overTls(mesh, self[0], ServedBesideAdsTest::statusOf))
          .isEqualTo(Status.Code.PERMISSION_DENIED);
    }
  }

  @Test
  void bothCanBeLeftOut() throws Exception {
    try (MeshControlPlane mesh =
        start(
            builder -> builder.clientStatus(ClientStatusAuthorizer.NOBODY).withoutLoadReports())) {
      ManagedChannel channel = plaintext(mesh);
      assertThat(statusOf(channel)).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(reportTo(channel)).isEqualTo(Status.Code.UNIMPLEMENTED);
      channel.shutdownNow();
      assertThat(overTls(mesh, mesh.id(), ServedBesideAdsTest::statusOf))
          .isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(overTls(mesh, workload(mesh), ServedBesideAdsTest::reportTo))
          .isEqualTo(Status.Code.UNIMPLEMENTED);
    }
  }

  private interface Call {
    Status.Code over(ManagedChannel channel) throws Exception;
  }

  private static Status.Code overTls(MeshControlPlane mesh, @Nullable SpiffeId identity, Call call)
      throws Exception {
    SslContextBuilder tls =
        GrpcSslContexts.forClient()
            .trustManager(mesh.trustBundle().roots().toArray(X509Certificate[]::new));
    if (identity != null) {
      KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
      X509Svid svid =
          mesh.certificateAuthority()
              .issue(
                  SvidTemplate.builder()
                      .id(identity)
                      .publicKey(keys.getPublic())
                      .ttl(Duration.ofHours(1))
                      .build());
      tls.keyManager(keys.getPrivate(), svid.chain().toArray(X509Certificate[]::new));
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(mesh.listenAddress()).sslContext(tls.build()).build();
    try {
      return call.over(channel);
    } finally {
      channel.shutdownNow();
    }
  }

  private static Status.Code statusOf(ManagedChannel channel) {
    try {
      nodesSeen(channel);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static int nodesSeen(ManagedChannel channel) {
    return ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .fetchClientStatus(ClientStatusRequest.getDefaultInstance())
        .getConfigCount();
  }

  /** Reports nothing, and returns OK if it was asked to go on. */
  private static Status.Code reportTo(ManagedChannel channel) throws Exception {
    CompletableFuture<Status.Code> answered = new CompletableFuture<>();
    LoadReportingServiceGrpc.newStub(channel)
        .streamLoadStats(
            new StreamObserver<LoadStatsResponse>() {
              @Override
              public void onNext(LoadStatsResponse response) {
                answered.complete(Status.Code.OK);
              }

              @Override
              public void onError(Throwable failure) {
                answered.complete(Status.fromThrowable(failure).getCode());
              }

              @Override
              public void onCompleted() {
                answered.complete(Status.Code.ABORTED);
              }
            })
        .onNext(
            LoadStatsRequest.newBuilder()
                .setNode(Node.newBuilder().setId("sidecar~1.2.3.4~ratings.demo~x"))
                .build());
    return answered.get(10, TimeUnit.SECONDS);
  }

  private static SpiffeId workload(MeshControlPlane mesh) {
    return mesh.id().trustDomain().workload("demo", "ratings");
  }

  private static ManagedChannel plaintext(MeshControlPlane mesh) {
    return NettyChannelBuilder.forAddress(mesh.plaintextAddress().orElseThrow())
        .usePlaintext()
        .build();
  }

  private MeshControlPlane start(UnaryOperator<MeshControlPlaneBuilder> options) throws Exception {
    return options
        .apply(
            MeshControlPlane.builder()
                .dataDirectory(directory.resolve("data"))
                .listen(ANY_PORT)
                .plaintext(ANY_PORT)
                .debounce(Duration.ZERO))
        .start();
  }
}
