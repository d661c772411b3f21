package io.mooring.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.memory.MemorySource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutualTlsVmTest {

  private static final Duration SVID_TTL = Duration.ofSeconds(4);

  @TempDir private Path directory;

  private MeshControlPlane mesh;

  @BeforeEach
  void start() throws Exception {
    MemorySource configuration = new MemorySource();
    configuration.put(group("web"));
    configuration.put(group("ratings"));
    mesh =
        MeshControlPlane.builder()
            .source(configuration)
            .dataDirectory(directory.resolve("data"))
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .svidTtl(SVID_TTL)
            .start();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  @Test
  void vmsTalkByMutualTlsAndRotateWithoutARestart() throws Exception {
    try (MutualTlsVm web = vm("web", id -> id.path().endsWith("/sa/ratings"));
        MutualTlsVm ratings = vm("ratings", id -> id.path().endsWith("/sa/web"))) {
      String first = web.call(ratings);
      assertThat(ratings.call(web)).isNotEqualTo(first);

      await()
          .atMost(SVID_TTL.multipliedBy(5))
          .untilAsserted(() -> assertThat(web.call(ratings)).isNotEqualTo(first));
    }
  }

  @Test
  void peerThatIsNotWantedIsRefused() throws Exception {
    try (MutualTlsVm web = vm("web", id -> true);
        MutualTlsVm ratings = vm("ratings", id -> id.path().endsWith("/sa/reviews"))) {
      assertThatThrownBy(() -> web.call(ratings)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> ratings.call(web)).isInstanceOf(IOException.class);
      assertThat(web.id()).isNotEqualTo(ratings.id());
    }
  }

  private MutualTlsVm vm(String group, Predicate<SpiffeId> peers) throws IOException {
    Path bundle = directory.resolve(group);
    BootstrapWriter.write(mesh.bundle("demo", group).build(), bundle);
    return MutualTlsVm.start(bundle, directory.resolve(group + "-state"), peers);
  }

  private static WorkloadGroup group(String name) {
    return WorkloadGroup.builder()
        .metadata(Metadata.of("demo", name))
        .spec(
            WorkloadGroupSpec.builder()
                .template(WorkloadEntrySpec.builder().serviceAccount(name).build())
                .build())
        .build();
  }
}
