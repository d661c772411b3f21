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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A VM outlives its certificates: Envoy must come back with the renewed one on a new connection.
 */
class SvidExpiryTest {

  private static final Duration TTL = Duration.ofSeconds(8);
  private static final Duration GRACE = Duration.ofSeconds(3);

  @TempDir private Path directory;

  @Test
  void vmStaysRegisteredWhenItsFirstCertificateHasEnded() throws Exception {
    Path envoy = EnvoyAvailability.orSkip();
    String address = loopback();
    ConfigKey entry = new ConfigKey("WorkloadEntry", "demo", "ratings-" + address);
    try (MeshControlPlane mesh = start()) {
      Path bundle = directory.resolve("bundle");
      BootstrapWriter.write(
          mesh.bundle("demo", "ratings").address(address).bindAddress(address).build(), bundle);
      try (VmAgent agent =
          VmAgent.builder().bundle(bundle).envoy(envoy).drainTime(Duration.ZERO).start()) {
        Instant firstEnds = agent.svidExpiresAt();
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(mesh.registry().snapshot().object(entry)).isPresent());
        // Longer than the stream, and the grace after it: only a new stream keeps the entry.
        Instant pastGrace = firstEnds.plus(GRACE).plusSeconds(3);
        await().atMost(Duration.ofSeconds(60)).until(() -> Instant.now().isAfter(pastGrace));
        assertThat(agent.svidExpiresAt()).isAfter(firstEnds);
        assertThat(mesh.registry().snapshot().object(entry)).isPresent();
      }
    }
  }

  private MeshControlPlane start() throws Exception {
    MemorySource configuration = new MemorySource();
    configuration.put(
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(
                WorkloadGroupSpec.builder()
                    .template(WorkloadEntrySpec.builder().serviceAccount("ratings").build())
                    .build())
            .build());
    return MeshControlPlane.builder()
        .source(configuration)
        .dataDirectory(directory.resolve("data"))
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .grace(GRACE)
        .svidTtl(TTL)
        .start();
  }

  private static String loopback() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "127.%d.%d.%d"
        .formatted(random.nextInt(100, 200), random.nextInt(256), random.nextInt(2, 250));
  }
}
