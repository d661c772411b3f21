package io.mooring.identity.agent.sds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketDirectoryTest {

  @TempDir Path parent;

  @Test
  void tooLongPathIsRefusedWithTheLimitAndLeavesNothing() throws IOException {
    Path deep = Files.createDirectories(parent.resolve("x".repeat(110)));

    assertThatThrownBy(() -> SocketDirectory.create(deep))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("at most 107")
        .hasMessageContaining(deep.toString());

    assertThat(deep).isEmptyDirectory();
  }

  @Test
  void closeRemovesTheDirectoryAndWhatIsInIt() throws IOException {
    SocketDirectory directory = SocketDirectory.create(parent);
    Files.createFile(directory.socket());

    directory.close();
    directory.close();

    assertThat(parent).isEmptyDirectory();
  }
}
