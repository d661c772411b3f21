package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the Envoy that {@link EnvoyBinary} finds; skipped without. */
class RealEnvoyTest {

  private static final Duration SECONDS = Duration.ofSeconds(15);

  @TempDir Path directory;

  private final FakeClock clock = new FakeClock(Instant.now());
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final TestIssuer issuer = new TestIssuer(clock.instant().minusSeconds(3600));
  private final List<String> rejected = new CopyOnWriteArrayList<>();
  private final List<Long> pids = new CopyOnWriteArrayList<>();
  private final String address = loopback();
  private FakeControlPlane controlPlane;
  private Path bundle;
  private Path binary;

  @BeforeEach
  void start() throws IOException {
    Optional<Path> found = EnvoyBinary.find();
    if (Boolean.getBoolean("mooring.envoy.required")) {
      assertThat(found).as("Envoy by ENVOY_BINARY or PATH").isPresent();
    }
    assumeTrue(found.isPresent(), "skipped: needs Envoy by ENVOY_BINARY or PATH");
    binary = found.get();
    controlPlane = new FakeControlPlane(issuer, clock, TestIssuer.CONTROL_PLANE, 0);
    bundle = controlPlane.bundle(directory.resolve("bundle"), address);
  }

  @AfterEach
  void stop() {
    if (controlPlane != null) {
      controlPlane.close();
    }
  }

  @Test
  void envoyJoinsWithTheSvidAndTakesARotatedOne() throws Exception {
    try (VmAgent agent = agent().start()) {
      agent.awaitEnvoyReady(SECONDS);
      assertThat(controlPlane.proxies).containsOnly(TestIssuer.RATINGS.toString());
      assertThat(controlPlane.nodeIds.get(0)).startsWith("sidecar~" + address + "~ratings");
      InetSocketAddress admin = agent.envoyAdmin().orElseThrow();
      assertThat(admin.getHostString()).isEqualTo(address);
      String firstVersions = secretVersions(admin);

      executor.advance(Duration.ofHours(13));

      await()
          .atMost(SECONDS)
          .untilAsserted(() -> assertThat(secretVersions(admin)).isNotEqualTo(firstVersions));
      assertThat(rejected).isEmpty();
    }
    assertThat(ProcessHandle.of(pids.get(0)).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void killedEnvoyComesBackWithTheSameIdentity() {
    try (VmAgent agent = agent().start()) {
      agent.awaitEnvoyReady(SECONDS);

      ProcessHandle.of(pids.get(0)).orElseThrow().destroyForcibly();

      await().atMost(SECONDS).until(() -> pids.size() == 2 && agent.isEnvoyReady());
      assertThat(controlPlane.proxies).last().isEqualTo(TestIssuer.RATINGS.toString());
    }
  }

  @Test
  void secondVmOnOneAddressIsRefusedAndTheFirstGoesOn() throws IOException {
    Path other = controlPlane.bundle(directory.resolve("other"), address);
    try (VmAgent agent = agent().start()) {
      agent.awaitEnvoyReady(SECONDS);

      assertThatThrownBy(() -> agent().bundle(other).start())
          .isInstanceOf(AddressInUseException.class)
          .hasMessageContaining(address);

      assertThat(agent.isEnvoyReady()).isTrue();
    }
  }

  @Test
  void configurationThatEnvoyRefusesIsReportedAndLeavesNoProcess() throws IOException {
    Path envoyJson = bundle.resolve("envoy.json");
    Files.writeString(
        envoyJson, Files.readString(envoyJson).replace("\"cds_config\"", "\"no_such_config\""));

    assertThatThrownBy(() -> agent().start())
        .isInstanceOf(AgentStartException.class)
        .hasMessageContaining("no_such_config");
    assertThat(ProcessHandle.of(pids.get(0)).filter(ProcessHandle::isAlive)).isEmpty();
  }

  private VmAgentBuilder agent() {
    return VmAgent.builder()
        .bundle(bundle)
        .envoy(binary)
        .envoyArguments(List.of("--concurrency", "1", "--reject-unknown-dynamic-fields"))
        .drainTime(Duration.ZERO)
        .clock(clock)
        .executor(executor)
        .rotation(new RotationPolicy(0, Duration.ofSeconds(1), Duration.ofSeconds(2)))
        .observer(
            new AgentObserver() {
              @Override
              public void secretRejected(String secret, String version, String detail) {
                rejected.add(secret + " " + detail);
              }

              @Override
              public void envoyStarted(long pid) {
                pids.add(pid);
              }
            });
  }

  private static String secretVersions(InetSocketAddress admin) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://"
                            + admin.getHostString()
                            + ":"
                            + admin.getPort()
                            + "/config_dump?resource=dynamic_active_secrets"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static String loopback() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "127."
        + random.nextInt(128, 192)
        + "."
        + random.nextInt(256)
        + "."
        + random.nextInt(1, 255);
  }
}
