package io.mooring.identity.attest.jwt;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.JWK;
import io.mooring.identity.attest.http.DocumentFetcher;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes at an address. Thread-safe.
 *
 * <p>They are read at the first use, again after an hour, and for a key that is not among them; but
 * at most once in 30 seconds, so that made-up key ids cost the issuer nothing. While they cannot be
 * read, the last good ones count for a day.
 */
public final class RemoteJwks implements JwkSource {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteJwks.class);
  private static final Duration FRESH = Duration.ofHours(1);
  private static final Duration FLOOR = Duration.ofSeconds(30);
  private static final Duration USABLE = Duration.ofDays(1);

  private final URI address;
  private final DocumentFetcher fetcher;
  private final InstantSource clock;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile @Nullable Known known;
  private volatile @Nullable Attempt last;

  private record Known(Jwks keys, Instant readAt) {}

  private record Attempt(Instant at, @Nullable Exception failure) {}

  /** Creates a source that reads nothing yet. */
  public RemoteJwks(URI address, DocumentFetcher fetcher, InstantSource clock) {
    this.address = requireNonNull(address, "address");
    this.fetcher = requireNonNull(fetcher, "fetcher");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public Optional<JWK> find(String keyId) {
    Instant now = clock.instant();
    Known before = known;
    if (before != null && within(FRESH, before.readAt(), now)) {
      Optional<JWK> key = before.keys().find(keyId);
      if (key.isPresent()) {
        return key;
      }
    }
    return refreshed(now).find(keyId);
  }

  private Jwks refreshed(Instant now) {
    // Waits for a read that is under way: its keys may be the ones that are wanted.
    reading.lock();
    try {
      Attempt attempt = last;
      if (attempt == null || !within(FLOOR, attempt.at(), now)) {
        last = new Attempt(now, read(now));
      }
      return usable(now);
    } finally {
      reading.unlock();
    }
  }

  private @Nullable Exception read(Instant now) {
    try {
      String text = new String(fetcher.fetch(address), StandardCharsets.UTF_8);
      known = new Known(Jwks.parse(text), now);
      return null;
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "issuer's keys not read address={} hint=\"check the address; the last good keys count for"
              + " a day\" error=\"{}\"",
          address,
          e.getMessage());
      return e;
    }
  }

  private Jwks usable(Instant now) {
    Known latest = known;
    Attempt attempt = last;
    if (latest == null || !within(USABLE, latest.readAt(), now)) {
      throw new JwksUnavailableException(
          "the keys of " + address + " are unknown", requireNonNull(attempt).failure());
    }
    return latest.keys();
  }

  /** A clock that was set back by more than the span makes everything old, not new for ever. */
  private static boolean within(Duration span, Instant since, Instant now) {
    return Duration.between(since, now).abs().compareTo(span) < 0;
  }

  @Override
  public String toString() {
    return "RemoteJwks[" + address + "]";
  }
}
