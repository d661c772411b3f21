package io.mooring.identity.storage;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory that only its owner may enter (0700), with files that only their owner may read
 * (0600). Thread-safe as far as no two threads write one name at once.
 *
 * <p>A write is all or nothing, also across {@code kill -9} and power loss: a temporary file is
 * written, forced to disk and renamed over the name, then the directory is forced. When {@link
 * #write} has returned, the content stays.
 */
public final class PrivateDirectory {

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final String TEMPORARY = ".new-";

  private final Path path;

  private PrivateDirectory(Path path) {
    this.path = path;
  }

  /**
   * Opens a directory, and makes it with mode 0700 where it is missing; its parents get the
   * process's default mode. Leftovers of writes that did not end are removed.
   *
   * @throws InsecurePermissionsException if others than its owner may read, write or enter it
   * @throws NotDirectoryException if it is a file
   */
  public static PrivateDirectory open(Path path) throws IOException {
    PrivateDirectory directory = made(path);
    requirePrivate(directory.path);
    directory.removeLeftovers();
    return directory;
  }

  /**
   * Opens a directory that others may enter but not write to, such as one that a user made with the
   * usual mode; its files are still 0600. Made with mode 0700 where it is missing.
   *
   * @throws InsecurePermissionsException if others than its owner may write to it
   * @throws NotDirectoryException if it is a file
   */
  public static PrivateDirectory openReadable(Path path) throws IOException {
    PrivateDirectory directory = made(path);
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory.path);
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new InsecurePermissionsException(directory.path, permissions);
    }
    directory.removeLeftovers();
    return directory;
  }

  private static PrivateDirectory made(Path path) throws IOException {
    requireNonNull(path, "path");
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(absolute, mode("rwx------"));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(absolute)) {
        throw new NotDirectoryException(absolute.toString());
      }
    }
    return new PrivateDirectory(absolute);
  }

  /** Returns where it is, absolute. */
  public Path path() {
    return path;
  }

  /**
   * Returns the content of a file; empty where there is none.
   *
   * @throws InsecurePermissionsException if others than its owner may read or write it
   */
  public Optional<byte[]> read(String name) throws IOException {
    Path file = resolve(name);
    try {
      requirePrivate(file);
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Puts {@code content} under {@code name} (0600), in place of what was there. */
  public void write(String name, byte[] content) throws IOException {
    Path file = resolve(name);
    Path temporary = Files.createTempFile(path, TEMPORARY, "", mode("rw-------"));
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    force();
  }

  /** Removes a file; returns whether there was one. */
  public boolean delete(String name) throws IOException {
    boolean deleted = Files.deleteIfExists(resolve(name));
    if (deleted) {
      force();
    }
    return deleted;
  }

  /** Returns the names of its files, sorted; sub-directories and unfinished writes left out. */
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.startsWith(TEMPORARY))
          .sorted()
          .toList();
    }
  }

  private Path resolve(String name) {
    Path file = path.resolve(name);
    if (name.isEmpty() || name.startsWith(".") || !path.equals(file.getParent())) {
      throw new IllegalArgumentException("file name '" + name + "' (expected: a plain name)");
    }
    return file;
  }

  private void removeLeftovers() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        if (String.valueOf(file.getFileName()).startsWith(TEMPORARY)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private void force() throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OWNER.containsAll(permissions)) {
      throw new InsecurePermissionsException(file, permissions);
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }
}
