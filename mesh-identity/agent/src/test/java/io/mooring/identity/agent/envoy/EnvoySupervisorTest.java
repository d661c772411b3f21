package io.mooring.identity.agent.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnvoySupervisorTest {

  @TempDir Path directory;

  private final List<Long> pids = new CopyOnWriteArrayList<>();
  private final List<Integer> exitCodes = new CopyOnWriteArrayList<>();
  private final List<String> adminCalls = new CopyOnWriteArrayList<>();
  private HttpServer admin;

  @BeforeEach
  void startAdmin() throws IOException {
    admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext(
        "/",
        exchange -> {
          if (!exchange.getRequestMethod().equals("GET")) {
            adminCalls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    admin.start();
  }

  @AfterEach
  void stopAdmin() {
    admin.stop(0);
  }

  @Test
  void envoyThatEndsBeforeItHasAnAdminPageIsReportedWithItsLastWords() throws IOException {
    Path binary = script("echo 'error initializing configuration' >&2; exit 3");

    try (EnvoySupervisor envoy = start(binary, Duration.ZERO)) {
      assertThatThrownBy(() -> envoy.awaitStarted(Duration.ofSeconds(5)))
          .isInstanceOf(EnvoyFailedException.class)
          .hasMessageContaining("exit code 3")
          .hasMessageContaining("error initializing configuration");
    }
  }

  @Test
  void binaryThatCannotBeRunIsReported() {
    Path missing = directory.resolve("no-such-envoy");

    try (EnvoySupervisor envoy = start(missing, Duration.ZERO)) {
      assertThatThrownBy(() -> envoy.awaitStarted(Duration.ofSeconds(5)))
          .isInstanceOf(EnvoyFailedException.class)
          .hasMessageContaining("no-such-envoy");
    }
  }

  @Test
  void silentEnvoyIsGivenUpAfterTheTimeout() throws IOException {
    try (EnvoySupervisor envoy = start(script("exec sleep 60"), Duration.ZERO)) {
      assertThatThrownBy(() -> envoy.awaitStarted(Duration.ofMillis(200)))
          .isInstanceOf(EnvoyFailedException.class)
          .hasMessageContaining("200 ms");
    }
    assertThat(alive()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ParentDeath.class)
  void killedEnvoyIsStartedAgain(ParentDeath parentDeath) throws IOException {
    try (EnvoySupervisor envoy = start(healthy(), Duration.ZERO, parentDeath)) {
      envoy.awaitStarted(Duration.ofSeconds(5));
      long first = envoyPid();

      ProcessHandle.of(first).orElseThrow().destroyForcibly();

      await().until(() -> pids.size() == 2);
      envoy.awaitReady(Duration.ofSeconds(5));
      assertThat(exitCodes).containsExactly(137); // 128 + SIGKILL
      assertThat(envoyPid()).isNotEqualTo(first);
    }
    assertThat(alive()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ParentDeath.class)
  void closeEndsTheProcessAndIsIdempotent(ParentDeath parentDeath) throws IOException {
    EnvoySupervisor envoy = start(healthy(), Duration.ZERO, parentDeath);
    envoy.awaitStarted(Duration.ofSeconds(5));
    long pid = envoyPid();

    envoy.close();
    envoy.close();

    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(alive()).isEmpty();
    assertThat(exitCodes).isEmpty();
  }

  @Test
  void envoyIsDrainedBeforeItIsEnded() throws IOException {
    EnvoySupervisor envoy = start(healthy(), Duration.ofMillis(300));
    envoy.awaitReady(Duration.ofSeconds(5));

    long before = System.nanoTime();
    envoy.close();

    assertThat(adminCalls)
        .containsExactly("POST /healthcheck/fail", "POST /drain_listeners?graceful");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(300));
    assertThat(alive()).isEmpty();
  }

  @Test
  void envoyThatIsDeafToSigtermIsKilled() throws IOException {
    Path deaf = script("trap '' TERM; " + announce() + "while :; do sleep 0.1; done");
    EnvoySupervisor envoy = start(deaf, Duration.ZERO);
    envoy.awaitStarted(Duration.ofSeconds(5));

    envoy.close();

    assertThat(alive()).isEmpty();
    assertThat(Files.readString(directory.resolve("envoy.log"))).contains("was killed");
  }

  @Test
  void logIsPrivateAndTheOneOfTheLastLifeIsKept() throws IOException {
    Files.writeString(directory.resolve("envoy.log"), "last life");

    try (EnvoySupervisor envoy = start(healthy(), Duration.ZERO)) {
      envoy.awaitStarted(Duration.ofSeconds(5));
    }

    assertThat(directory.resolve("envoy.log.1")).hasContent("last life");
    assertThat(Files.getPosixFilePermissions(directory.resolve("envoy.log")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void adminAddressOfAnEarlierLifeIsForgotten() throws IOException {
    Files.writeString(directory.resolve("envoy-admin"), "127.0.0.1:1");

    try (EnvoySupervisor envoy = start(script("exec sleep 60"), Duration.ZERO)) {
      assertThat(envoy.adminAddress()).isEmpty();
    }
  }

  @Test
  void backOffDoublesUpToFiveSeconds() {
    assertThat(EnvoySupervisor.backOff(0)).isEqualTo(Duration.ofMillis(100));
    assertThat(EnvoySupervisor.backOff(3)).isEqualTo(Duration.ofMillis(800));
    assertThat(EnvoySupervisor.backOff(1_000)).isEqualTo(Duration.ofSeconds(5));
  }

  private EnvoySupervisor start(Path binary, Duration drainTime) {
    return start(binary, drainTime, ParentDeath.detect());
  }

  private EnvoySupervisor start(Path binary, Duration drainTime, ParentDeath parentDeath) {
    return EnvoySupervisor.start(
        new EnvoyLaunch(binary, directory.resolve("envoy.json"), directory, drainTime, List.of()),
        parentDeath,
        new EnvoyObserver() {
          @Override
          public void started(long pid) {
            pids.add(pid);
          }

          @Override
          public void ended(int exitCode, Duration restartAfter) {
            exitCodes.add(exitCode);
          }
        });
  }

  private Path healthy() throws IOException {
    return script("echo $$ > envoy-pid; " + announce() + "exec sleep 60");
  }

  private String announce() {
    return "printf 127.0.0.1:" + admin.getAddress().getPort() + " > envoy-admin; ";
  }

  private Path script(String body) throws IOException {
    Path file = directory.resolve("fake-envoy");
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private long envoyPid() throws IOException {
    return Long.parseLong(Files.readString(directory.resolve("envoy-pid")).strip());
  }

  private List<Long> alive() {
    return pids.stream()
        .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
        .toList();
  }
}
