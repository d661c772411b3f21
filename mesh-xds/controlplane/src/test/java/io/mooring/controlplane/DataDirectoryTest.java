package io.mooring.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // directories are held for the sake of it
class DataDirectoryTest {

  @TempDir private Path parent;

  @Test
  void secondControlPlaneIsRefusedUntilTheFirstIsClosed() throws IOException {
    Path path = parent.resolve("data");
    try (DataDirectory first = DataDirectory.open(path)) {
      assertThatThrownBy(() -> DataDirectory.open(path))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("another control plane");
    }
    DataDirectory.open(path).close();
  }

  @Test
  void isMadeForItsOwnerAlone() throws IOException {
    Path path = parent.resolve("a/b/data");
    DataDirectory.open(path).close();
    assertThat(permissions(path)).isEqualTo("rwx------");
  }

  @Test
  void oneThatOthersMayEnterIsTightened() throws IOException {
    Path path = Files.createDirectory(parent.resolve("data"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    DataDirectory.open(path).close();
    assertThat(permissions(path)).isEqualTo("rwx------");
  }

  @Test
  void oneThatOthersMayWriteToIsLeftAloneAndRefused() throws IOException {
    Path path = Files.createDirectory(parent.resolve("tmp"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> DataDirectory.open(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rwxrwxrwx");
    assertThat(permissions(path)).isEqualTo("rwxrwxrwx");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
