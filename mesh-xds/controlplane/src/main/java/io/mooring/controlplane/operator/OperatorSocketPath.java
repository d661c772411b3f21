package io.mooring.controlplane.operator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where the operator's socket is: {@code operator.sock} in the data directory, or, where that path
 * is too long for a Unix socket, in a short private directory that {@code operator.sock} then links
 * to.
 */
final class OperatorSocketPath {

  private static final String NAME = "operator.sock";
  private static final int MAX_BYTES = 107; // sun_path of Linux's sockaddr_un, less its final zero

  private OperatorSocketPath() {}

  /** Returns the path as the data directory shows it. */
  static Path visible(Path dataDirectory) {
    return dataDirectory.toAbsolutePath().normalize().resolve(NAME);
  }

  /** Returns a path that is free and short enough to bind; a stale socket or link is removed. */
  static Path toBind(Path dataDirectory) throws IOException {
    Path visible = visible(dataDirectory);
    Files.deleteIfExists(visible);
    if (fits(visible)) {
      return visible;
    }
    Path directory =
        Files.createTempDirectory(
            "mooring-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path socket = directory.resolve(NAME);
    if (!fits(socket)) {
      Files.delete(directory);
      throw new IOException(
          "socket path '%s' is longer than %d bytes (expected: a shorter java.io.tmpdir)"
              .formatted(socket, MAX_BYTES));
    }
    Files.createSymbolicLink(visible, socket);
    return socket;
  }

  /** Returns the path that a client connects to. */
  static Path toConnect(Path dataDirectory) throws IOException {
    Path visible = visible(dataDirectory);
    return Files.isSymbolicLink(visible) ? Files.readSymbolicLink(visible) : visible;
  }

  /** Removes the socket, its link and its private directory. */
  static void remove(Path dataDirectory, Path bound) throws IOException {
    Files.deleteIfExists(bound);
    Path visible = visible(dataDirectory);
    if (!visible.equals(bound)) {
      Files.deleteIfExists(visible);
      Files.deleteIfExists(bound.getParent());
    }
  }

  private static boolean fits(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }
}
