package io.mooring.xds.server;

import io.grpc.Status;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * Decides which streams are opened: a stream that would wait too long for its first answer is
 * better refused, since its client then tries another replica. Thread-safe, without locks.
 *
 * <p>The rate is limited by a leaky bucket that holds the streams of one second (GCRA).
 */
final class Admission {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final XdsLimits limits;
  private final InstantSource clock;
  private final IntSupplier starting;
  private final AtomicInteger open = new AtomicInteger();

  /** When the bucket is empty again, in nanoseconds since the epoch. */
  private final AtomicLong drained = new AtomicLong();

  /**
   * @param starting how many streams wait for their first answer
   */
  Admission(XdsLimits limits, InstantSource clock, IntSupplier starting) {
    this.limits = limits;
    this.clock = clock;
    this.starting = starting;
  }

  /** Takes a place for one stream, or returns why there is none. */
  Optional<Status> enter() {
    int count = open.incrementAndGet();
    Optional<Status> refusal =
        count > limits.maxStreams()
            ? Optional.of(tooMany("streams", count, limits.maxStreams()))
            : refusal();
    if (refusal.isPresent()) {
      open.decrementAndGet();
    }
    return refusal;
  }

  /** Gives the place of one stream back. */
  void leave() {
    open.decrementAndGet();
  }

  private Optional<Status> refusal() {
    int waiting = starting.getAsInt();
    if (waiting >= limits.maxStartingStreams()) {
      return Optional.of(
          Status.UNAVAILABLE.withDescription(
              "streams that wait for their first answer: "
                  + waiting
                  + " (expected: < "
                  + limits.maxStartingStreams()
                  + ")"));
    }
    return pour()
        ? Optional.empty()
        : Optional.of(
            Status.RESOURCE_EXHAUSTED.withDescription(
                "new streams: more than " + limits.maxStreamsPerSecond() + " a second"));
  }

  private boolean pour() {
    Instant instant = clock.instant();
    long now = instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
    long each = NANOS_PER_SECOND / limits.maxStreamsPerSecond();
    while (true) {
      long before = drained.get();
      long after = Math.max(before, now) + each;
      if (after - now > NANOS_PER_SECOND) {
        return false;
      }
      if (drained.compareAndSet(before, after)) {
        return true;
      }
    }
  }

  private static Status tooMany(String what, int count, int limit) {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        what + ": " + count + " (expected: <= " + limit + ")");
  }
}
