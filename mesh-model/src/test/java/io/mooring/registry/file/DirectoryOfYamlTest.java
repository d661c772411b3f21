package io.mooring.registry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.ServiceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From YAML as users write it to the resolved view, with nothing faked. */
class DirectoryOfYamlTest {

  private static final ServiceKey RATINGS = new ServiceKey("ratings.demo.mesh", "demo");
  private static final String SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings.demo.mesh]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
        workloadSelector: {labels: {app: ratings}}
      """;
  private static final String WORKLOAD =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: vm, namespace: demo}
      spec: {address: ADDRESS, labels: {app: ratings}, serviceAccount: ratings}
      """;

  @TempDir Path directory;

  @Test
  void anEditIsInTheSnapshotAndABrokenDocumentTakesNothingAway()
      throws IOException, InterruptedException {
    write(WORKLOAD.replace("ADDRESS", "10.0.0.1"));
    FileSource files = FileSource.builder(directory).observer((before, after) -> {}).build();
    try (ServiceRegistry registry = ServiceRegistry.builder().source(files).build().start()) {
      assertThat(registry.awaitSynced(Duration.ofSeconds(30))).isTrue();
      assertThat(addresses(registry.snapshot())).containsExactly("10.0.0.1:8080");

      write(WORKLOAD.replace("ADDRESS", "10.0.0.2"));
      await().until(() -> addresses(registry.snapshot()).equals(List.of("10.0.0.2:8080")));

      write("kind: WorkloadEntry\nspec: [", WORKLOAD.replace("ADDRESS", "10.0.0.3"));
      await().until(() -> !files.problems().broken().isEmpty());
      assertThat(registry.snapshot().services()).hasSize(1);
      assertThat(addresses(registry.snapshot())).hasSize(1);
      assertThat(files.problems().rejected()).isEqualTo(1);
      assertThat(files.problems().broken()).containsOnlyKeys("mesh.yaml");
    }
  }

  private void write(String... documents) throws IOException {
    Files.writeString(
        directory.resolve("mesh.yaml"), SERVICE + "---\n" + String.join("---\n", documents));
  }

  private static List<String> addresses(RegistrySnapshot snapshot) {
    return snapshot.endpoints(RATINGS).stream()
        .map((MeshEndpoint endpoint) -> endpoint.address() + ":" + endpoint.port())
        .toList();
  }
}
