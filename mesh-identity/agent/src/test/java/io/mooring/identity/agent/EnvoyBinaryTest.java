package io.mooring.identity.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvoyBinaryTest {

  @TempDir Path directory;

  @Test
  void explicitBinaryThatIsNoneIsAnErrorEvenIfThePathHasOne() throws IOException {
    executable("envoy");
    Path missing = directory.resolve("missing");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                EnvoyBinary.find(
                    Map.of("ENVOY_BINARY", missing.toString(), "PATH", directory.toString())))
        .withMessageContaining(missing.toString());
  }

  @Test
  void explicitBinaryComesBeforeThePath() throws IOException {
    executable("envoy");
    Path explicit = executable("other");

    assertThat(
            EnvoyBinary.find(
                Map.of("ENVOY_BINARY", explicit.toString(), "PATH", directory.toString())))
        .contains(explicit);
  }

  @Test
  void pathIsSearchedInOrderAndFilesThatCannotRunAreSkipped() throws IOException {
    Path first = Files.createDirectory(directory.resolve("first"));
    Files.createFile(first.resolve("envoy"));
    Path second = executable("envoy");

    assertThat(EnvoyBinary.find(Map.of("ENVOY_BINARY", "", "PATH", first + "::" + directory)))
        .contains(second);
  }

  @Test
  void nothingIsFoundInAnEmptyEnvironment() {
    assertThat(EnvoyBinary.find(Map.of())).isEmpty();
  }

  private Path executable(String name) throws IOException {
    Path file = Files.createFile(directory.resolve(name));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
