package io.mooring.controlplane;

import io.mooring.identity.storage.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The directory that holds the CA key, the tokens and the registered workloads, and the operating
 * system's lock on it: two control planes never share one. The lock goes with the process, also by
 * kill -9.
 */
final class DataDirectory implements AutoCloseable {

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private final Path path;
  private final DirectoryLock lock;

  private DataDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates the directory where it is missing, shuts others than its owner out (0700), and locks
   * it.
   *
   * @throws IOException if another control plane holds it, or others may write to it: then it is no
   *     directory of ours
   */
  static DataDirectory open(Path path) throws IOException {
    Path parent = path.toAbsolutePath().normalize().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (!Files.isDirectory(path)) {
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE));
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          "data directory %s has permissions %s (expected: rwx------)"
              .formatted(path, PosixFilePermissions.toString(permissions)));
    }
    Files.setPosixFilePermissions(path, PRIVATE);
    DirectoryLock lock =
        DirectoryLock.tryTake(path.resolve("lock"))
            .orElseThrow(
                () ->
                    new IOException(
                        "data directory " + path + " is held by another control plane"));
    return new DataDirectory(path, lock);
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
