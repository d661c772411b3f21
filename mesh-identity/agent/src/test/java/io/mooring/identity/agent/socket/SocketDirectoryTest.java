package io.mooring.identity.agent.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
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
    Files.createFile(directory.sdsSocket());

    directory.close();
    directory.close();

    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void leftoversOfAKilledAgentAreSwept() throws IOException {
    Path killed = leftover("mooring-1");
    bind(killed.resolve("sds.sock")).close(); // the JDK leaves the file
    bind(killed.resolve("workload.sock")).close();
    Path empty = leftover("mooring-2");
    Files.setLastModifiedTime(empty, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));

    try (SocketDirectory directory = SocketDirectory.create(parent)) {
      assertThat(parent).isDirectoryNotContaining(killed::equals);
      assertThat(parent).isDirectoryNotContaining(empty::equals);
      assertThat(directory.sdsSocket().getParent()).isDirectory();
    }
  }

  @Test
  void whatMayBeInUseStays() throws IOException {
    Path alive = leftover("mooring-alive");
    Path justMade = leftover("mooring-just-made");
    Path halfAlive = leftover("mooring-half");
    bind(halfAlive.resolve("workload.sock")).close();
    try (ServerSocketChannel one = bind(alive.resolve("sds.sock"));
        ServerSocketChannel two = bind(halfAlive.resolve("sds.sock"))) {
      SocketDirectory.create(parent).close();

      assertThat(one.isOpen() && two.isOpen()).isTrue();
      assertThat(alive.resolve("sds.sock")).exists();
      assertThat(halfAlive.resolve("workload.sock")).exists();
      assertThat(justMade).isDirectory();
    }
  }

  @Test
  void whatNoAgentMadeStays() throws IOException {
    Path precious = leftover("mooring-data");
    bind(precious.resolve("sds.sock")).close();
    Files.writeString(precious.resolve("precious"), "kept");
    Path plainFileNamedAsSocket = leftover("mooring-plain");
    Files.writeString(plainFileNamedAsSocket.resolve("sds.sock"), "kept");
    Path open = leftover("mooring-open");
    bind(open.resolve("sds.sock")).close();
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path other = leftover("other-1");
    bind(other.resolve("sds.sock")).close();
    Path elsewhere = leftover("elsewhere");
    bind(elsewhere.resolve("sds.sock")).close();
    Path link = Files.createSymbolicLink(parent.resolve("mooring-link"), elsewhere);

    SocketDirectory.create(parent).close();

    assertThat(precious.resolve("precious")).hasContent("kept");
    assertThat(plainFileNamedAsSocket.resolve("sds.sock")).hasContent("kept");
    assertThat(open.resolve("sds.sock")).exists();
    assertThat(other.resolve("sds.sock")).exists();
    assertThat(elsewhere.resolve("sds.sock")).exists();
    assertThat(link).isSymbolicLink();
  }

  private Path leftover(String name) throws IOException {
    return Files.createDirectory(
        parent.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static ServerSocketChannel bind(Path socket) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    return server;
  }
}
