package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;
import io.mooring.model.networking.ReadinessProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a control plane hears of a workload that the agent probes by TCP. */
class HealthReportsTest {

  private static final String TYPE = "type.googleapis.com/istio.v1.HealthInformation";

  @TempDir Path directory;

  private final InstantSource clock = InstantSource.system();
  private final TestIssuer issuer = new TestIssuer(clock.instant().minusSeconds(3600));
  private final List<String> told = new CopyOnWriteArrayList<>();
  private FakeControlPlane controlPlane;
  private ServerSocket workload;
  private int port;

  @BeforeEach
  void start() throws IOException {
    workload = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    port = workload.getLocalPort();
    controlPlane = new FakeControlPlane(issuer, clock, TestIssuer.CONTROL_PLANE, 0);
    controlPlane.probe =
        Optional.of(
            ReadinessProbe.builder()
                .tcpSocket(ReadinessProbe.TcpSocket.builder().port(port).build())
                .periodSeconds(1)
                .failureThreshold(1)
                .build());
  }

  @AfterEach
  void stop() throws IOException {
    controlPlane.close();
    workload.close();
  }

  @Test
  void transitionsAreReportedAndTheLastOneAgainOnANewStream() throws IOException {
    try (VmAgent agent = agent()) {
      await().until(() -> controlPlane.healthRequests.size() == 1);
      DiscoveryRequest first = controlPlane.healthRequests.get(0);
      assertThat(first.getTypeUrl()).isEqualTo(TYPE);
      assertThat(first.hasErrorDetail()).isFalse();
      assertThat(first.getNode().getMetadata().getFieldsMap())
          .containsKeys("AUTO_REGISTER_GROUP", "NAMESPACE", "INSTANCE_IPS");
      assertThat(controlPlane.reports.get(0))
          .isEqualTo(
              agent.spiffeId()
                  + " sidecar~127.0.0.1~ratings-127.0.0.1.demo~demo.svc.cluster.local");

      workload.close();
      await().until(() -> controlPlane.healthRequests.size() == 2);
      DiscoveryRequest bad = controlPlane.healthRequests.get(1);
      assertThat(bad.getErrorDetail().getCode()).isEqualTo(500);
      assertThat(bad.getErrorDetail().getMessage()).contains("127.0.0.1:" + port);
      assertThat(bad.hasNode()).isFalse();
      assertThat(Long.parseLong(bad.getVersionInfo()))
          .isGreaterThan(Long.parseLong(first.getVersionInfo()));

      String counts = Long.toString(Long.parseLong(bad.getVersionInfo()) + 1_000_000);
      controlPlane
          .reportStreams
          .get(0)
          .onNext(DiscoveryResponse.newBuilder().setTypeUrl(TYPE).setVersionInfo(counts).build());
      await().until(() -> controlPlane.healthRequests.size() == 3);
      DiscoveryRequest higher = controlPlane.healthRequests.get(2);
      assertThat(higher.getErrorDetail()).isEqualTo(bad.getErrorDetail());
      assertThat(Long.parseLong(higher.getVersionInfo())).isGreaterThan(Long.parseLong(counts));

      controlPlane.reportStreams.get(0).onError(Status.UNAVAILABLE.asRuntimeException());
      await().until(() -> controlPlane.healthRequests.size() == 4);
      DiscoveryRequest again = controlPlane.healthRequests.get(3);
      assertThat(again.getErrorDetail()).isEqualTo(bad.getErrorDetail());
      assertThat(again.getVersionInfo()).isEqualTo(higher.getVersionInfo());
      assertThat(again.hasNode()).isTrue();
      assertThat(told).containsExactly("healthy", "unhealthy");
    }
  }

  @Test
  void workloadIsProbedAndReportedThoughTheControlPlaneWasAway() throws IOException {
    Path bundle = controlPlane.bundle(directory.resolve("bundle"), "127.0.0.1");
    agent(bundle).close(); // has its SVID
    controlPlane.close();
    controlPlane.healthRequests.clear();
    try (VmAgent agent = agent(bundle)) {
      await().until(() -> told.size() >= 2);
      try (FakeControlPlane back =
          new FakeControlPlane(issuer, clock, TestIssuer.CONTROL_PLANE, controlPlane.port())) {
        await().atMost(Duration.ofSeconds(15)).until(() -> !back.healthRequests.isEmpty());
        assertThat(back.reports.get(0)).startsWith(agent.spiffeId().toString());
      }
    }
  }

  @Test
  void withoutAProbeNothingIsReported() throws Exception {
    controlPlane.probe = Optional.empty();
    Instant end = clock.instant().plusMillis(300);
    try (VmAgent agent = agent()) {
      await().until(() -> clock.instant().isAfter(end));
      assertThat(agent.spiffeId()).isEqualTo(TestIssuer.RATINGS);
    }
    assertThat(controlPlane.healthRequests).isEmpty();
  }

  private VmAgent agent() throws IOException {
    return agent(controlPlane.bundle(directory.resolve("bundle"), "127.0.0.1"));
  }

  private VmAgent agent(Path bundle) {
    return VmAgent.builder()
        .bundle(bundle)
        .socketParent(directory)
        .observer(
            new AgentObserver() {
              @Override
              public void healthChanged(boolean healthy, String reason) {
                told.add(healthy ? "healthy" : "unhealthy");
              }
            })
        .start();
  }
}
