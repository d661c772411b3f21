package io.mooring.identity.issue;

import io.mooring.identity.IpLiteral;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in as {@link RequestLimits} allow. Thread-safe, without waiting.
 *
 * <p>Its memory is bounded: past 10,000 callers, the ones whose bucket is full are forgotten, for
 * that changes nothing for them; while there are more, new ones share one bucket.
 */
final class RequestGate {

  static final int MAX_CALLERS = 10_000;
  private static final String OVERALL = "overall";
  private static final String STRANGERS = "strangers";
  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);

  private final RequestLimits limits;
  private final InstantSource clock;
  private final Map<String, Bucket> bucketsByCaller = new ConcurrentHashMap<>();
  private final Map<String, Bucket> overall = new ConcurrentHashMap<>();
  private final AtomicInteger inside = new AtomicInteger();
  private volatile Instant lastSweep = Instant.EPOCH;

  private record Bucket(double tokens, Instant at) {

    /** A clock that was set back fills nothing, and costs nothing either. */
    Bucket filled(RequestLimits.Rate rate, Instant now) {
      double seconds = now.isAfter(at) ? Duration.between(at, now).toNanos() / 1e9 : 0;
      return new Bucket(Math.min(rate.burst(), tokens + seconds * rate.perSecond()), now);
    }
  }

  RequestGate(RequestLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Returns what {@code work} returns, if there is room for it.
   *
   * @throws RefusedException if there is none; then nothing was done
   */
  <T> T pass(String peer, Supplier<T> work) {
    Instant now = clock.instant();
    // The caller's own bucket first: who floods must not use up what is there for all.
    take(bucketsByCaller, bucketOf(peer, now), limits.perCaller(), now, "caller");
    take(overall, OVERALL, limits.overall(), now, "all callers together");
    try {
      if (inside.incrementAndGet() > limits.concurrent()) {
        throw new RefusedException(
            RefusalReason.RATE_LIMITED, limits.concurrent() + " requests are under way");
      }
      return work.get();
    } finally {
      inside.decrementAndGet();
    }
  }

  private static void take(
      Map<String, Bucket> buckets, String key, RequestLimits.Rate rate, Instant now, String who) {
    boolean[] taken = {false};
    buckets.compute(
        key,
        (ignored, bucket) -> {
          Bucket filled = bucket == null ? full(rate, now) : bucket.filled(rate, now);
          taken[0] = filled.tokens() >= 1;
          return taken[0] ? new Bucket(filled.tokens() - 1, now) : filled;
        });
    if (!taken[0]) {
      throw new RefusedException(
          RefusalReason.RATE_LIMITED,
          "more than %s requests a second from %s".formatted(rate.perSecond(), who));
    }
  }

  private static Bucket full(RequestLimits.Rate rate, Instant now) {
    return new Bucket(rate.burst(), now);
  }

  private String bucketOf(String peer, Instant now) {
    String caller = IpLiteral.parse(peer).map(RequestGate::network).orElse(peer);
    if (bucketsByCaller.containsKey(caller) || bucketsByCaller.size() < MAX_CALLERS) {
      return caller;
    }
    sweep(now);
    return bucketsByCaller.size() < MAX_CALLERS ? caller : STRANGERS;
  }

  private void sweep(Instant now) {
    if (Duration.between(lastSweep, now).abs().compareTo(SWEEP_INTERVAL) < 0) {
      return;
    }
    lastSweep = now;
    for (String caller : bucketsByCaller.keySet()) {
      bucketsByCaller.computeIfPresent(caller, (ignored, bucket) -> unlessFull(bucket, now));
    }
  }

  private @Nullable Bucket unlessFull(Bucket bucket, Instant now) {
    Bucket filled = bucket.filled(limits.perCaller(), now);
    return filled.tokens() >= limits.perCaller().burst() ? null : filled;
  }

  private static String network(InetAddress address) {
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8))
        : address.getHostAddress();
  }

  /** Returns how many callers it remembers. */
  int callers() {
    return bucketsByCaller.size();
  }
}
