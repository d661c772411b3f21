package io.mooring.identity.agent.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A short-named directory for Unix sockets that only this user may enter. It is made new, so that
 * nothing stale can be in it, and {@link #close} removes it.
 *
 * <p>An agent that was killed leaves its directory behind; {@link #create} removes such leftovers:
 * directories of this user's own, in which nobody answers any more.
 */
public final class SocketDirectory implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SocketDirectory.class);

  private static final String PREFIX = "mooring-";
  private static final String SUFFIX = ".sock";
  private static final String LONGEST_NAME = "workload" + SUFFIX;
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /** An agent that starts right now has a directory without a socket for a moment. */
  private static final Duration MOMENT = Duration.ofMinutes(1);

  private final Path directory;

  private SocketDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes a directory of mode 0700 inside {@code parent}.
   *
   * @throws IOException if a socket's path would be longer than {@value SocketPath#MAX_BYTES}
   *     bytes, or the directory cannot be made
   */
  public static SocketDirectory create(Path parent) throws IOException {
    Path made =
        Files.createTempDirectory(
            parent.toAbsolutePath(), PREFIX, PosixFilePermissions.asFileAttribute(PRIVATE));
    SocketDirectory directory = new SocketDirectory(made);
    try {
      SocketPath.requireShort(made.resolve(LONGEST_NAME));
      directory.removeLeftovers();
    } catch (IOException e) {
      directory.close();
      throw e;
    }
    return directory;
  }

  /** Returns where the socket of the secret discovery service is to be. */
  public Path sdsSocket() {
    return directory.resolve("sds" + SUFFIX);
  }

  /** Returns where the socket of the Workload API is to be, unless the operator names a place. */
  public Path workloadSocket() {
    return directory.resolve(LONGEST_NAME);
  }

  private void removeLeftovers() throws IOException {
    PosixFileAttributes own = Files.readAttributes(directory, PosixFileAttributes.class);
    List<Path> siblings;
    try (Stream<Path> files = Files.list(directory.getParent())) {
      siblings =
          files.filter(file -> String.valueOf(file.getFileName()).startsWith(PREFIX)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path sibling : siblings) {
      try {
        if (!sibling.equals(directory) && isLeftover(sibling, own)) {
          new SocketDirectory(sibling).close();
        }
      } catch (IOException e) {
        log.debug("event=leftover_stays directory={}", sibling, e); // costs nothing but its name
      }
    }
  }

  /** Whether an agent made it, and no longer lives. In doubt it is not. */
  private static boolean isLeftover(Path path, PosixFileAttributes justMade) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory()
        || !attributes.owner().equals(justMade.owner())
        || !attributes.permissions().equals(PRIVATE)) {
      return false;
    }
    List<Path> content = list(path);
    for (Path file : content) {
      boolean socket =
          String.valueOf(file.getFileName()).endsWith(SUFFIX)
              && Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                  .isOther();
      if (!socket || !SocketPath.isStale(file)) {
        return false;
      }
    }
    Instant now = justMade.lastModifiedTime().toInstant(); // the file system's clock
    return !content.isEmpty()
        || attributes.lastModifiedTime().toInstant().isBefore(now.minus(MOMENT));
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Removes the directory and what is in it. Idempotent. */
  @Override
  public void close() throws IOException {
    try {
      for (Path file : list(directory)) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(directory);
  }
}
