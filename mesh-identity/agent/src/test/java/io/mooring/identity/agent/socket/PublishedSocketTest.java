package io.mooring.identity.agent.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedSocketTest {

  @TempDir Path parent;

  @Test
  void pathThatIsTooLongIsRefusedWithTheLimit() {
    assertThatThrownBy(() -> PublishedSocket.prepare(parent.resolve("x".repeat(108))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("at most 107");
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void missingDirectoryIsNamed() {
    assertThatThrownBy(() -> PublishedSocket.prepare(parent.resolve("no/workload.sock")))
        .isInstanceOf(NotDirectoryException.class)
        .hasMessageContaining(parent.resolve("no").toString());
  }

  @Test
  void fileThatIsNoSocketIsNotReplaced() throws IOException {
    Path file = Files.writeString(parent.resolve("notes"), "kept");

    assertThatThrownBy(() -> PublishedSocket.prepare(file)).hasMessageContaining("is no socket");
    assertThat(file).hasContent("kept");
  }

  @Test
  void socketThatSomebodyServesIsNotReplaced() throws IOException {
    Path socket = parent.resolve("workload.sock");
    try (ServerSocketChannel other = bind(socket)) {
      assertThat(other.isOpen()).isTrue();
      assertThatThrownBy(() -> PublishedSocket.prepare(socket))
          .hasMessageContaining("is served by another process");
      SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
    }
  }

  @Test
  void staleSocketIsReplacedWhenTheNewOneServes() throws IOException {
    Path socket = parent.resolve("workload.sock");
    bind(socket).close();

    try (PublishedSocket published = PublishedSocket.prepare(socket);
        ServerSocketChannel server = bind(published.hidden())) {
      assertThat(server.isOpen()).isTrue();
      assertThat(SocketPath.isStale(socket)).isTrue();

      published.publish();

      assertThat(Files.getPosixFilePermissions(socket))
          .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
      SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void socketOfASuccessorStays() throws IOException {
    Path socket = parent.resolve("workload.sock");
    PublishedSocket published = PublishedSocket.prepare(socket);
    bind(published.hidden()).close();
    published.publish();
    Files.delete(socket);
    try (ServerSocketChannel successor = bind(socket)) {
      published.close();
      published.close();

      assertThat(successor.isOpen()).isTrue();
      assertThat(socket).exists();
    }
  }

  private static ServerSocketChannel bind(Path socket) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    return server;
  }
}
