package io.mooring.identity.attest.jointoken;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.storage.PrivateDirectory;
import io.mooring.model.ConfigKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers join tokens, each in a file of its own, as hashes. Thread-safe; one process owns the
 * directory.
 *
 * <p>A change is on disk before it counts in memory, and the changes of one token come one after
 * the other: this is what makes a token one-time.
 */
public final class JoinTokenStore {

  /** The longest that a token may wait for its machine. */
  public static final Duration MAX_TTL = Duration.ofDays(30);

  private static final Logger LOG = LoggerFactory.getLogger(JoinTokenStore.class);
  private static final String SUFFIX = ".json";

  /** For how long lists still show what became of a token. */
  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(1);

  private final PrivateDirectory directory;
  private final InstantSource clock;
  private final SecureRandom random;
  private final ConcurrentHashMap<String, JoinTokenRecord> tokensById = new ConcurrentHashMap<>();

  private JoinTokenStore(PrivateDirectory directory, InstantSource clock, SecureRandom random) {
    this.directory = directory;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Opens the store that {@code directory} holds; the directory is made where it is missing (0700).
   *
   * <p>A file that cannot be read is left alone and its token refused, with one warning.
   *
   * @throws IOException if the directory cannot be read, or others than its owner may enter it
   */
  public static JoinTokenStore open(Path directory, InstantSource clock, SecureRandom random)
      throws IOException {
    JoinTokenStore store =
        new JoinTokenStore(
            PrivateDirectory.open(directory),
            requireNonNull(clock, "clock"),
            requireNonNull(random, "random"));
    store.load();
    return store;
  }

  private void load() throws IOException {
    for (String file : directory.names()) {
      if (!file.endsWith(SUFFIX)) {
        continue;
      }
      try {
        JoinTokenRecord token = JoinTokenJson.read(directory.read(file).orElseThrow());
        if (!file.equals(token.id() + SUFFIX)) {
          throw new IOException("file of token '" + token.id() + "' under another name");
        }
        tokensById.put(token.id(), token);
      } catch (IOException e) {
        LOG.warn(
            "join token refused: its file is unreadable file={} hint=\"delete it\"",
            directory.path().resolve(file),
            e);
      }
    }
    prune();
  }

  /**
   * Makes a token for one machine of a WorkloadGroup.
   *
   * @param ttl how long it can be used, more than zero and at most 30 days
   * @throws UncheckedIOException if it cannot be written; then there is no token
   */
  public JoinToken create(String namespace, String name, Duration ttl) {
    if (ttl.isNegative() || ttl.isZero() || ttl.compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          "ttl of a join token: " + ttl + " (expected: more than 0, at most " + MAX_TTL + ")");
    }
    prune();
    Instant now = clock.instant();
    JoinToken token = JoinToken.random(random);
    JoinTokenRecord kept =
        JoinTokenRecord.builder()
            .id(token.id())
            .group(group(namespace, name))
            .secretDigest(token.secretDigest())
            .createdAt(now)
            .expiresAt(now.plus(ttl))
            .build();
    if (tokensById.computeIfAbsent(token.id(), id -> written(kept)) != kept) {
      return create(namespace, name, ttl); // 64 random bits met an id that exists
    }
    return token;
  }

  /** Returns every token that is kept, oldest first; used and expired ones for one more day. */
  public List<JoinTokenRecord> list() {
    return tokensById.values().stream()
        .sorted(Comparator.comparing(JoinTokenRecord::createdAt).thenComparing(JoinTokenRecord::id))
        .toList();
  }

  /**
   * Takes a token back, used or not: a retry of its user is refused too. Certificates that it gave
   * stay valid.
   *
   * @return whether there is a token with this id
   * @throws UncheckedIOException if that cannot be written; then the token is as it was
   */
  public boolean revoke(String id) {
    return update(id, token -> JoinTokenRecord.builder().from(token).revoked(true).build())
        .isPresent();
  }

  /** Returns the token with this id. */
  Optional<JoinTokenRecord> find(String id) {
    return Optional.ofNullable(tokensById.get(id));
  }

  /**
   * Replaces a token by what {@code change} makes of it, on disk first. Changes of one token come
   * one after the other; {@code change} may throw to leave it as it is.
   */
  Optional<JoinTokenRecord> update(String id, UnaryOperator<JoinTokenRecord> change) {
    return Optional.ofNullable(
        tokensById.computeIfPresent(
            id,
            (key, token) -> {
              JoinTokenRecord changed = change.apply(token);
              return changed.equals(token) ? token : written(changed);
            }));
  }

  static ConfigKey group(String namespace, String name) {
    return new ConfigKey("WorkloadGroup", namespace, name);
  }

  private JoinTokenRecord written(JoinTokenRecord token) {
    try {
      directory.write(token.id() + SUFFIX, JoinTokenJson.write(token));
      return token;
    } catch (IOException e) {
      throw new UncheckedIOException("join token '" + token.id() + "' cannot be written", e);
    }
  }

  /** A token goes a day after nobody can use it any more: what is unknown is refused as well. */
  private void prune() {
    Instant now = clock.instant();
    for (Map.Entry<String, JoinTokenRecord> entry : tokensById.entrySet()) {
      Instant end = entry.getValue().expiresAt().plus(KEPT_AFTER_EXPIRY);
      if (now.isAfter(end)) {
        tokensById.computeIfPresent(entry.getKey(), (id, token) -> deleted(id));
      }
    }
  }

  private @Nullable JoinTokenRecord deleted(String id) {
    try {
      directory.delete(id + SUFFIX);
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("join token '" + id + "' cannot be deleted", e);
    }
  }
}
