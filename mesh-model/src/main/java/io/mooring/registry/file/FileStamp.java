package io.mooring.registry.file;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * What a look at a file shows without reading it. Immutable; a different stamp means that the
 * content may differ.
 *
 * @param bytes size
 * @param modified modification time
 * @param fileKey identity of the file where the file system has one, e.g. its inode
 */
record FileStamp(long bytes, FileTime modified, Optional<Object> fileKey) {

  static FileStamp of(BasicFileAttributes attributes) {
    return new FileStamp(
        attributes.size(),
        attributes.lastModifiedTime(),
        Optional.ofNullable(attributes.fileKey()));
  }
}
