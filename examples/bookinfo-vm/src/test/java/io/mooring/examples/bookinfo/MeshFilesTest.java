package io.mooring.examples.bookinfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshFilesTest {

  @TempDir private Path directory;

  @Test
  void missingValueIsNamedAndNothingIsWritten() {
    MeshFiles files = new MeshFiles(directory);
    assertThatThrownBy(() -> files.write("r.yaml", "reviews.yaml", Map.of("v1", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("${v2}");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void unknownTemplateIsNamed() {
    assertThatThrownBy(() -> new MeshFiles(directory).write("x.yaml", "x.yaml", Map.of()))
        .hasMessageContaining("'x.yaml'");
  }

  @Test
  void fileIsFilledReplacedAndDeleted() throws Exception {
    MeshFiles files = new MeshFiles(directory);
    files.write("m.yaml", "mtls.yaml", Map.of("mode", "STRICT"));
    files.write("m.yaml", "mtls.yaml", Map.of("mode", "DISABLE"));
    assertThat(Files.readString(directory.resolve("m.yaml")))
        .contains("mtls: {mode: DISABLE}")
        .doesNotContain("STRICT");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).hasSize(1);
    }
    files.delete("m.yaml");
    files.delete("m.yaml");
    assertThat(directory).isEmptyDirectory();
  }
}
