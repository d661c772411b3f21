package io.mooring.identity.agent.workload;

import io.mooring.identity.JwtSvid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * JWT-SVIDs by audience. One is fetched anew when half of its life is over; where that fails, the
 * old one serves to its end. Confined to the server's thread, minting is not.
 */
final class JwtSvidCache {

  private static final int MAX_AUDIENCES = 256;

  private final JwtSvidSource source;
  private final Executor minting;
  private final Executor thread;
  private final InstantSource clock;
  private final Map<List<String>, CompletableFuture<JwtSvid>> underWay = new HashMap<>();
  private final Map<List<String>, Entry> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, Entry> eldest) {
          return size() > MAX_AUDIENCES;
        }
      };

  private record Entry(JwtSvid svid, Instant half) {}

  /**
   * Creates a cache.
   *
   * @param minting where the source may block
   * @param thread the server's
   */
  JwtSvidCache(JwtSvidSource source, Executor minting, Executor thread, InstantSource clock) {
    this.source = source;
    this.minting = minting;
    this.thread = thread;
    this.clock = clock;
  }

  /** Returns a token; completes on the server's thread. */
  CompletableFuture<JwtSvid> get(List<String> audience) {
    Entry entry = entries.get(audience);
    if (entry != null && clock.instant().isBefore(entry.half())) {
      return CompletableFuture.completedFuture(entry.svid());
    }
    CompletableFuture<JwtSvid> running = underWay.get(audience);
    return running == null ? fetch(audience) : running;
  }

  private CompletableFuture<JwtSvid> fetch(List<String> audience) {
    CompletableFuture<JwtSvid> result = new CompletableFuture<>();
    underWay.put(audience, result);
    try {
      minting.execute(
          () -> {
            try {
              JwtSvid minted = source.mint(audience);
              thread.execute(() -> succeeded(audience, minted, result));
            } catch (RuntimeException e) {
              thread.execute(() -> failed(audience, e, result));
            }
          });
    } catch (RejectedExecutionException e) {
      failed(audience, e, result); // too many at once, or the agent ends
    }
    return result;
  }

  private void succeeded(List<String> audience, JwtSvid minted, CompletableFuture<JwtSvid> result) {
    underWay.remove(audience);
    Instant now = clock.instant();
    Duration life = Duration.between(now, minted.expiresAt());
    entries.put(audience, new Entry(minted, now.plus(life.dividedBy(2))));
    result.complete(minted);
  }

  private void failed(
      List<String> audience, RuntimeException failure, CompletableFuture<JwtSvid> result) {
    underWay.remove(audience);
    JwtSvid old = old(audience);
    if (old == null) {
      result.completeExceptionally(failure);
    } else {
      result.complete(old);
    }
  }

  private @Nullable JwtSvid old(List<String> audience) {
    Entry entry = entries.get(audience);
    return entry != null && clock.instant().isBefore(entry.svid().expiresAt())
        ? entry.svid()
        : null;
  }
}
