package io.mooring.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.agent.JoinRefusedException;
import io.mooring.identity.agent.VmAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedMeshTest {

  @TempDir private Path directory;

  @Test
  void vmJoinsTheEmbeddedControlPlaneOnce() throws Exception {
    Path bundle = directory.resolve("bundle");
    try (MeshControlPlane mesh = EmbeddedMesh.start(directory.resolve("data"), bundle)) {
      try (VmAgent agent =
          VmAgent.builder().bundle(bundle).state(directory.resolve("vm-1")).start()) {
        assertThat(agent.spiffeId()).hasToString("spiffe://cluster.local/ns/demo/sa/ratings");
      }
      assertThat(mesh.joinTokens()).hasSize(1);
      assertThatThrownBy(
              () -> VmAgent.builder().bundle(bundle).state(directory.resolve("vm-2")).start())
          .isInstanceOf(JoinRefusedException.class);
    }
  }

  @Test
  void unknownGroupHasNoBundle() throws Exception {
    try (MeshControlPlane mesh =
        EmbeddedMesh.start(directory.resolve("data"), directory.resolve("bundle"))) {
      assertThatThrownBy(() -> mesh.bundle("demo", "web"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("demo/web");
    }
  }

  @Test
  void twoControlPlanesLiveInOneProcess() throws Exception {
    try (MeshControlPlane one =
            EmbeddedMesh.start(directory.resolve("data-1"), directory.resolve("bundle-1"));
        MeshControlPlane other =
            EmbeddedMesh.start(directory.resolve("data-2"), directory.resolve("bundle-2"))) {
      assertThat(one.listenAddress()).isNotEqualTo(other.listenAddress());
      assertThat(one.trustBundle().roots()).doesNotContainAnyElementsOf(other.trustBundle().roots());
    }
  }

  @Test
  void readmeShowsThisVeryCode() throws IOException {
    String source =
        Files.readString(
            Path.of("src/main/java/io/mooring/examples/embedding/EmbeddedMesh.java"));
    String shown =
        source
            .substring(source.indexOf("// README: begin\n"), source.indexOf("  // README: end"))
            .lines()
            .skip(1)
            .map(line -> line.isBlank() ? "" : line.substring(2))
            .collect(Collectors.joining("\n"))
            .strip();
    assertThat(Files.readString(Path.of("../../README.md"))).contains(shown);
  }
}
