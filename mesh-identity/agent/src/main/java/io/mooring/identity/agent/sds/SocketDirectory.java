package io.mooring.identity.agent.sds;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * A short-named directory for one Unix socket that only this user may enter. It is made new, so
 * that nothing stale can be in it, and {@link #close} removes it.
 */
public final class SocketDirectory implements AutoCloseable {

  /** How long the path of a Unix socket may be: {@code sun_path} of Linux less the final NUL. */
  public static final int MAX_PATH_BYTES = 107;

  private static final String SOCKET = "sds.sock";

  private final Path directory;

  private SocketDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes a directory of mode 0700 inside {@code parent}.
   *
   * @throws IOException if the socket's path would be longer than {@value #MAX_PATH_BYTES} bytes,
   *     or the directory cannot be made
   */
  public static SocketDirectory create(Path parent) throws IOException {
    Path made =
        Files.createTempDirectory(
            parent.toAbsolutePath(),
            "mooring-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    SocketDirectory directory = new SocketDirectory(made);
    int length = directory.socket().toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH_BYTES) {
      directory.close();
      throw new IOException(
          "socket path '"
              + directory.socket()
              + "' has "
              + length
              + " bytes (expected: at most "
              + MAX_PATH_BYTES
              + ", the limit for Unix sockets)");
    }
    return directory;
  }

  /** Returns where the socket is to be. */
  public Path socket() {
    return directory.resolve(SOCKET);
  }

  /** Removes the directory and what is in it. */
  @Override
  public void close() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> files = Files.list(directory)) {
      left = files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path file : left) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(directory);
  }
}
