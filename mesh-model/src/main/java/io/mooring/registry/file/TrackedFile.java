package io.mooring.registry.file;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One file over time: when it must be read, and what it contributes. Confined to the source's
 * thread.
 */
final class TrackedFile {

  /**
   * Two writes within one tick of the file system's clock leave the same stamp: a file that was
   * read so soon after its last change is read again.
   */
  private static final Duration TICK = Duration.ofSeconds(2);

  private final FileTiming timing;
  private @Nullable FileStamp stamp;
  private @Nullable Instant changedAt; // when the present stamp was first seen
  private @Nullable Instant unreadSince; // null: the present stamp was read
  private boolean missing;
  private boolean readAgain;
  private byte @Nullable [] contentHash;
  private FileObjects objects = FileObjects.NONE;

  TrackedFile(FileTiming timing) {
    this.timing = timing;
  }

  FileObjects objects() {
    return objects;
  }

  /** The file is there with this stamp. */
  void seen(FileStamp seen, Instant now) {
    missing = false;
    if (!seen.equals(stamp)) {
      stamp = seen;
      changedAt = now;
      unreadSince = unreadSince == null ? now : unreadSince;
    }
  }

  /** The file is not there; returns whether it was before. */
  boolean missed(Instant now) {
    if (missing) {
      return false;
    }
    missing = true;
    changedAt = now;
    stamp = null;
    unreadSince = null;
    contentHash = null;
    readAgain = false;
    objects = objects.gone();
    return true;
  }

  /** Returns whether to read the file now; the first look at a directory waits for nothing. */
  boolean isDue(Instant now, boolean firstLook) {
    if (missing) {
      return false;
    }
    if (unreadSince == null) {
      return readAgain;
    }
    return firstLook
        || isPast(changedAt, timing.quiet(), now)
        || isPast(unreadSince, timing.patience(), now);
  }

  /**
   * The file was read.
   *
   * @return whether its content differs from what was read before
   */
  boolean read(byte[] hash, Instant now) {
    unreadSince = null;
    readAgain = stamp != null && stamp.modified().toInstant().plus(TICK).isAfter(now);
    if (Arrays.equals(hash, contentHash)) {
      return false;
    }
    contentHash = hash;
    return true;
  }

  /** The file could not be read: the next look tries again, whatever its stamp. */
  void failed() {
    unreadSince = null;
    readAgain = true;
    contentHash = null;
  }

  /** The file, whose content is new, contributes this. */
  void becomes(FileObjects next) {
    objects = next;
  }

  /** Lets go of what the file has lacked long enough; returns whether there was anything. */
  boolean settle(Instant now) {
    if (!mayLetGo() || !isPast(changedAt, timing.settle(), now)) {
      return false;
    }
    objects = objects.settled();
    return true;
  }

  private boolean mayLetGo() {
    return unreadSince == null && !objects.held().isEmpty() && !objects.isBroken();
  }

  /** Returns whether the file is away and nothing of it is left. */
  boolean isForgotten() {
    return missing && objects.held().isEmpty();
  }

  /** Returns when this file needs a look again although nothing changes. */
  Optional<Instant> nextLook() {
    Instant quiet =
        unreadSince == null || changedAt == null ? null : changedAt.plus(timing.quiet());
    Instant letGo = mayLetGo() && changedAt != null ? changedAt.plus(timing.settle()) : null;
    return Stream.of(Optional.ofNullable(quiet), Optional.ofNullable(letGo))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  private static boolean isPast(@Nullable Instant start, Duration wait, Instant now) {
    return start == null || !now.isBefore(start.plus(wait));
  }
}
