package io.mooring.identity.storage;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Thrown for a file or directory of secrets that others than its owner may reach. */
public final class InsecurePermissionsException extends FileSystemException {

  private static final long serialVersionUID = 1L;

  InsecurePermissionsException(Path file, Set<PosixFilePermission> permissions) {
    super(
        file.toString(),
        null,
        "permissions "
            + PosixFilePermissions.toString(permissions)
            + " (expected: nothing for group and others; fix: chmod go-rwx)");
  }
}
