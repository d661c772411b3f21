package io.mooring.xds.server;

import io.grpc.Status;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * Decides which streams are opened: a stream that would wait too long for its first answer is
 * better refused, since its client then tries another replica. Thread-safe; streams of different
 * peers do not wait for each other.
 *
 * <p>The rate is limited by a leaky bucket that holds the streams of one second (GCRA).
 */
final class Admission {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final XdsLimits limits;
  private final InstantSource clock;
  private final IntSupplier starting;
  private final AtomicInteger open = new AtomicInteger();

  /** Number of streams of each peer that has any: by its SPIFFE ID, else by its address. */
  private final Map<Object, Integer> openByPeer = new ConcurrentHashMap<>();

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

  /** Takes a place for one stream of {@code peer}, or returns why there is none. */
  Optional<Status> enter(PeerIdentity peer) {
    int count = open.incrementAndGet();
    int ofPeer = key(peer).map(key -> openByPeer.merge(key, 1, Integer::sum)).orElse(0);
    Optional<Status> refusal = refusal(count, ofPeer);
    if (refusal.isPresent()) {
      leave(peer);
    }
    return refusal;
  }

  /** Gives the place of one stream of {@code peer} back. */
  void leave(PeerIdentity peer) {
    open.decrementAndGet();
    key(peer)
        .ifPresent(
            key -> openByPeer.computeIfPresent(key, (same, left) -> left == 1 ? null : left - 1));
  }

  /** Empty for a peer of which nothing is known, e.g. in the same process. */
  private static Optional<Object> key(PeerIdentity peer) {
    return peer.spiffeId().<Object>map(id -> id).or(peer::address);
  }

  private Optional<Status> refusal(int count, int ofPeer) {
    if (count > limits.maxStreams()) {
      return Optional.of(RequestRules.tooMany("streams", count, limits.maxStreams()));
    }
    return ofPeer > limits.maxStreamsPerPeer()
        ? Optional.of(
            RequestRules.tooMany("streams of one peer", ofPeer, limits.maxStreamsPerPeer()))
        : refusal();
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
}
