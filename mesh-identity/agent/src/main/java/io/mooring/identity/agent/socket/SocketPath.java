package io.mooring.identity.agent.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What can be said of a Unix socket by its path. Stateless. */
final class SocketPath {

  /** How long the path of a Unix socket may be: {@code sun_path} of Linux less the final NUL. */
  static final int MAX_BYTES = 107;

  private SocketPath() {}

  /**
   * Returns {@code socket}.
   *
   * @throws IOException if it is longer than {@value #MAX_BYTES} bytes
   */
  static Path requireShort(Path socket) throws IOException {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_BYTES) {
      throw new IOException(
          "socket path '"
              + socket
              + "' has "
              + length
              + " bytes (expected: at most "
              + MAX_BYTES
              + ", the limit for Unix sockets)");
    }
    return socket;
  }

  /**
   * Returns whether {@code socket} is certainly without a server: the one that made it is dead. A
   * socket that cannot be asked counts as alive.
   */
  static boolean isStale(Path socket) {
    try {
      SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
      return false;
    } catch (ConnectException e) {
      return true; // refused: nobody listens
    } catch (IOException e) {
      return false;
    }
  }
}
