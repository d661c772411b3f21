package io.mooring.identity.agent.socket;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket at a path that an operator chose, for programs of other users: mode 0660, so that
 * the group decides, as the directory does. Confined to one caller at a time.
 *
 * <p>The socket is bound in a private directory beside and renamed: it is never there with another
 * mode, and a path that is taken stays as it is until the new socket serves.
 */
public final class PublishedSocket implements AutoCloseable {

  private static final String GROUP_TOO = "rw-rw----";

  private final Path path;
  private final Path workshop;
  private @Nullable Object fileKey;

  private PublishedSocket(Path path, Path workshop) {
    this.path = path;
    this.workshop = workshop;
  }

  /**
   * Prepares {@code path}; a socket there that nobody serves any more will be replaced.
   *
   * @throws IOException if the path is too long, its directory is missing, somebody serves there,
   *     or a file that is no socket lies there
   */
  public static PublishedSocket prepare(Path path) throws IOException {
    Path socket = SocketPath.requireShort(path.toAbsolutePath().normalize());
    Path parent = socket.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new NotDirectoryException(String.valueOf(parent));
    }
    requireFree(socket);
    Path workshop =
        Files.createTempDirectory(
            parent,
            ".s",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    PublishedSocket prepared = new PublishedSocket(socket, workshop);
    try {
      SocketPath.requireShort(prepared.hidden());
    } catch (IOException e) {
      prepared.close();
      throw e;
    }
    return prepared;
  }

  private static void requireFree(Path socket) throws IOException {
    BasicFileAttributes there;
    try {
      there = Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return;
    }
    if (!there.isOther()) {
      throw new FileAlreadyExistsException(
          socket.toString(), null, "is no socket (expected: a path for a new one)");
    }
    if (!SocketPath.isStale(socket)) {
      throw new FileAlreadyExistsException(
          socket.toString(), null, "is served by another process (expected: a free path)");
    }
  }

  /** Returns where clients find it, absolute. */
  public Path path() {
    return path;
  }

  /** Returns where the server is to bind. */
  public Path hidden() {
    return workshop.resolve("s");
  }

  /** Shows the socket, which a server has bound by now, under its path. */
  public void publish() throws IOException {
    Files.setPosixFilePermissions(hidden(), PosixFilePermissions.fromString(GROUP_TOO));
    fileKey = Files.readAttributes(hidden(), BasicFileAttributes.class).fileKey();
    Files.move(hidden(), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Removes the socket, unless it is another one's by now. Idempotent; the server is closed before.
   */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(hidden());
    Files.deleteIfExists(workshop);
    try {
      Object there =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      // A successor may have got the number that our file had: ours has no server any more.
      if (fileKey != null && Objects.equals(there, fileKey) && SocketPath.isStale(path)) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      return;
    }
  }
}
