package io.mooring.identity.agent.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SupervisorDeathTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(ParentDeath.class)
  void envoyDoesNotOutliveAnAgentThatIsKilled(ParentDeath parentDeath) throws IOException {
    Path envoy = directory.resolve("fake-envoy");
    Files.writeString(envoy, "#!/bin/sh\necho $$ > envoy-pid\nexec sleep 60\n");
    Files.setPosixFilePermissions(envoy, PosixFilePermissions.fromString("rwx------"));
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Agent.class.getName(),
                directory.toString(),
                parentDeath.name())
            .inheritIO()
            .start();
    try {
      Path pidFile = directory.resolve("envoy-pid");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> Files.exists(pidFile) && Files.size(pidFile) > 0);
      ProcessHandle child =
          ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip())).orElseThrow();

      agent.destroyForcibly();

      await().atMost(Duration.ofSeconds(10)).until(() -> !child.isAlive());
      assertThat(child.isAlive()).isFalse();
    } finally {
      agent.destroyForcibly();
    }
  }

  /** The process that is killed. */
  static final class Agent {
    private Agent() {}

    public static void main(String[] arguments) throws InterruptedException {
      Path directory = Path.of(arguments[0]);
      EnvoySupervisor.start(
          new EnvoyLaunch(
              directory.resolve("fake-envoy"),
              directory.resolve("envoy.json"),
              directory,
              Duration.ZERO,
              List.of()),
          ParentDeath.valueOf(arguments[1]),
          new EnvoyObserver() {
            @Override
            public void started(long pid) {}

            @Override
            public void ended(int exitCode, Duration restartAfter) {}
          });
      Thread.currentThread().join();
    }
  }
}
