package io.mooring.registry.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;

/**
 * The operating system's lock by which one process has a directory. It goes with the process, also
 * by {@code kill -9}.
 */
final class ProcessLock implements Closeable {

  private static final String FILE = "lock";

  private final FileChannel channel;

  private ProcessLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock. A process that has it already, by a holder that it did not close, has it still,
   * until either of the two is closed: the system knows processes, not holders.
   *
   * @throws IOException if another process has it
   */
  static ProcessLock take(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            EntryFiles.ownerOnly(file, "rw-------"));
    boolean taken = false;
    try {
      taken = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      taken = true; // to close the channel would give the lock up
    } finally {
      if (!taken) {
        channel.close();
      }
    }
    if (!taken) {
      throw new IOException("directory " + directory + " is held by another process");
    }
    return new ProcessLock(channel);
  }

  /** Gives the lock up. Idempotent. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
