package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.grpc.stub.MetadataUtils;
import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.BundleSet;
import io.mooring.identity.JwtSvid;
import io.mooring.identity.JwtSvidVerifier;
import io.mooring.identity.agent.VmAgent;
import io.mooring.identity.api.workload.JWTSVIDRequest;
import io.mooring.identity.api.workload.JWTSVIDResponse;
import io.mooring.identity.api.workload.SpiffeWorkloadAPIGrpc;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.model.Metadata;
import io.mooring.model.networking.ReadinessProbe;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.registry.memory.MemorySource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a VM's agent and the control plane do for the program between them; without an Envoy. */
class RunningVmTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory;

  private final AtomicInteger status = new AtomicInteger(503);
  private final MemorySource configuration = new MemorySource();
  private HttpServer program;
  private MeshControlPlane mesh;

  @BeforeEach
  void start() throws Exception {
    program = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    program.createContext(
        "/ready",
        exchange -> {
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    program.start();
    configuration.put(
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(
                WorkloadGroupSpec.builder()
                    .template(WorkloadEntrySpec.builder().serviceAccount("ratings").build())
                    .probe(
                        ReadinessProbe.builder()
                            .periodSeconds(1)
                            .failureThreshold(1)
                            .httpGet(
                                ReadinessProbe.HttpGet.builder()
                                    .path("/ready")
                                    .port(program.getAddress().getPort())
                                    .build())
                            .build())
                    .build())
            .build());
    mesh =
        MeshControlPlane.builder()
            .source(configuration)
            .dataDirectory(directory.resolve("data"))
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .start();
  }

  @AfterEach
  void stop() {
    mesh.close();
    program.stop(0);
  }

  @Test
  void programGetsATokenThatTheMeshVouchesFor() throws Exception {
    try (VmAgent agent = join()) {
      JWTSVIDResponse response = fetchToken(agent, "reviews");
      String token = response.getSvids(0).getSvid();
      BundleSet bundles = BundleSet.of(mesh.trustBundle());

      JwtSvid svid =
          new JwtSvidVerifier(() -> bundles, InstantSource.system()).verify(token, "reviews");

      assertThat(svid.id()).isEqualTo(agent.spiffeId());
      assertThat(svid.id().toString()).endsWith("/ns/demo/sa/ratings");
      assertThat(svid.audience()).containsExactly("reviews");
      Path saved = directory.resolve("bundle/state/bundle.json");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(saved).content().isEqualTo(mesh.trustBundle().toJson()));
    }
  }

  @Test
  void workloadIsUnhealthyUntilTheProgramAnswers() throws Exception {
    try (VmAgent agent = join()) {
      awaitHealth("unhealthy");
      status.set(200);
      awaitHealth("healthy");
      program.stop(0);
      awaitHealth("unhealthy");
      assertThat(agent.spiffeId().path()).endsWith("/sa/ratings");
    }
  }

  @Test
  void entryThatSomebodyWroteHasTheHealthThatItsVmReports() throws Exception {
    configuration.put(
        WorkloadEntry.builder()
            .metadata(Metadata.of("demo", "mine"))
            .spec(
                WorkloadEntrySpec.builder().address("127.0.0.1").serviceAccount("ratings").build())
            .build());
    Path bundle = directory.resolve("bundle");
    BootstrapWriter.write(mesh.bundle("demo", "ratings").build(), bundle);
    Path envoy = bundle.resolve("envoy.json");
    Files.writeString(
        envoy,
        Files.readString(envoy)
            .replaceAll(
                "\"AUTO_REGISTER_GROUP\"\\s*:\\s*\"ratings\"", "\"WORKLOAD_ENTRY\": \"mine\""));
    status.set(200);
    try (VmAgent agent = VmAgent.builder().bundle(bundle).socketParent(directory).start()) {
      awaitHealth("healthy");
      assertThat(mesh.workloads().get(0).entry().name()).isEqualTo("mine");
      status.set(503);
      awaitHealth("unhealthy");
      assertThat(agent.spiffeId().path()).endsWith("/sa/ratings");
    }
  }

  private void awaitHealth(String health) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(mesh.workloads())
                    .singleElement()
                    .satisfies(
                        workload -> {
                          assertThat(workload.health()).isEqualTo(health);
                          assertThat(workload.address()).isEqualTo("127.0.0.1");
                        }));
  }

  private VmAgent join() throws Exception {
    Path bundle = directory.resolve("bundle");
    BootstrapWriter.write(mesh.bundle("demo", "ratings").build(), bundle);
    return VmAgent.builder().bundle(bundle).socketParent(directory).start();
  }

  private static JWTSVIDResponse fetchToken(VmAgent agent, String audience) {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(agent.workloadSocket()))
            .channelFactory(NioDomainSocketChannel::new)
            .eventLoopGroup(loop)
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
    try {
      io.grpc.Metadata header = new io.grpc.Metadata();
      header.put(
          io.grpc.Metadata.Key.of("workload.spiffe.io", io.grpc.Metadata.ASCII_STRING_MARSHALLER),
          "true");
      return SpiffeWorkloadAPIGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header))
          .fetchJWTSVID(JWTSVIDRequest.newBuilder().addAudience(audience).build());
    } finally {
      channel.shutdownNow();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
