package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.agent.VmAgent;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.registry.memory.MemorySource;
import io.mooring.testkit.envoy.EnvoyAvailability;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VM that may not be what it claims finds the reason in its own log. */
class RefusedVmTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory;

  @Test
  void reasonOfARefusalIsInTheLogOfTheVm() throws Exception {
    Path envoy = EnvoyAvailability.orSkip();
    MemorySource configuration = new MemorySource();
    configuration.put(
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(
                WorkloadGroupSpec.builder()
                    .template(WorkloadEntrySpec.builder().serviceAccount("ratings").build())
                    .build())
            .build());
    try (MeshControlPlane mesh =
        MeshControlPlane.builder()
            .source(configuration)
            .dataDirectory(directory.resolve("data"))
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .start()) {
      Path bundle = directory.resolve("bundle");
      BootstrapWriter.write(mesh.bundle("demo", "ratings").build(), bundle);
      try (VmAgent agent = VmAgent.builder().bundle(bundle).socketParent(directory).start()) {
        assertThat(agent.spiffeId().path()).endsWith("/sa/ratings"); // it has a certificate now
      }
      configuration.delete(new ConfigKey("WorkloadGroup", "demo", "ratings"));
      try (VmAgent agent =
          VmAgent.builder().bundle(bundle).envoy(envoy).drainTime(Duration.ZERO).start()) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(logs()).contains("unknown-group", "WorkloadGroup demo/ratings"));
        assertThat(mesh.workloads()).isEmpty();
        assertThat(agent.isEnvoyReady()).isFalse();
      }
    }
  }

  private String logs() throws IOException {
    StringBuilder logs = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".log")).toList()) {
        logs.append(Files.readString(file));
      }
    }
    return logs.toString();
  }
}
