package io.mooring.identity.storage;

import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The operating system's lock on a file, which one holder at a time has, in this process or in
 * another one. It goes with the process, also by {@code kill -9}. Thread-safe.
 */
public final class DirectoryLock implements Closeable {

  /**
   * The files that this process holds. The system gives locks to processes: closing any other
   * channel of a locked file would give up the lock, so that a second opener must not even open it.
   */
  private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

  private final FileChannel channel;
  private final Object file;
  private final AtomicBoolean closed = new AtomicBoolean();

  private DirectoryLock(FileChannel channel, Object file) {
    this.channel = channel;
    this.file = file;
  }

  /**
   * Takes the lock on {@code path}, a file that is made (0600) where it is missing; empty if
   * another holder has it.
   *
   * @throws IOException if the file cannot be made or locked
   */
  public static Optional<DirectoryLock> tryTake(Path path) throws IOException {
    Object file = identity(path);
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(path, StandardOpenOption.WRITE);
      taken = channel.tryLock() != null;
      return taken ? Optional.of(new DirectoryLock(channel, file)) : Optional.empty();
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // held by a copy of this class in another class loader
    } finally {
      if (!taken) {
        HELD.remove(file);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  /** Returns what is the same for every name of one file. */
  private static Object identity(Path path) throws IOException {
    if (!Files.exists(path)) {
      try {
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (FileAlreadyExistsException e) {
        // Another opener was faster: then it has the lock, or we get it.
      }
    }
    return requireNonNull(
        Files.readAttributes(path, BasicFileAttributes.class).fileKey(), path::toString);
  }

  /** Gives the lock up. Idempotent. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try {
        channel.close();
      } finally {
        HELD.remove(file);
      }
    }
  }
}
