package io.mooring.identity.attest;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.storage.PrivateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which key has used evidence that counts once, such as the document of a cloud instance.
 * Thread-safe; one process owns the directory.
 *
 * <p>It fails closed: a use that cannot be written is refused, and a file that cannot be read
 * counts as used by a key that nobody has. Nothing is ever forgotten by itself, since the documents
 * of some clouds have no end.
 */
public final class ReplayStore {

  /** How long the key that used evidence may use it again: its reply may have been lost. */
  public static final Duration RETRY_WINDOW = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(ReplayStore.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SUFFIX = ".json";
  private static final Use UNREADABLE = new Use("", "", Instant.EPOCH);

  private final PrivateDirectory directory;
  private final InstantSource clock;
  private final Map<String, Use> usesByName = new ConcurrentHashMap<>();

  private record Use(String evidenceId, String keyDigest, Instant at) {}

  private ReplayStore(PrivateDirectory directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Opens the store that {@code directory} holds; the directory is made where it is missing (0700).
   *
   * @throws IOException if the directory cannot be read, or others than its owner may enter it
   */
  public static ReplayStore open(Path directory, InstantSource clock) throws IOException {
    ReplayStore store =
        new ReplayStore(PrivateDirectory.open(directory), requireNonNull(clock, "clock"));
    for (String file : store.directory.names()) {
      if (file.endsWith(SUFFIX)) {
        store.usesByName.put(file, store.read(file));
      }
    }
    return store;
  }

  private Use read(String file) {
    try {
      JsonNode json = MAPPER.readTree(directory.read(file).orElseThrow());
      Use use =
          new Use(
              json.path("evidence").asText(),
              json.path("key").asText(),
              Instant.parse(json.path("at").asText()));
      if (file.equals(name(use.evidenceId()))) {
        return use;
      }
    } catch (IOException | DateTimeException e) {
      LOG.debug("replay record unreadable file={}", file, e);
    }
    LOG.warn(
        "evidence refused: the record of its use is unreadable file={} hint=\"delete it to let the"
            + " machine join again\"",
        directory.path().resolve(file));
    return UNREADABLE;
  }

  /**
   * Checks that {@code evidenceId} is unused, or was used by this key within the last 10 minutes.
   * Changes nothing.
   *
   * @throws RefusedException if another key has used it, or this one longer ago
   */
  public void check(String evidenceId, String keyDigest) {
    check(evidenceId, usesByName.get(name(evidenceId)), keyDigest, clock.instant());
  }

  /**
   * Uses up {@code evidenceId}. Of several keys that try at once exactly one succeeds, also across
   * restarts; the time of the first use counts.
   *
   * @throws RefusedException as {@link #check} does, or {@link RefusalReason#UNAVAILABLE} if the
   *     use cannot be written; then there was none
   */
  public void use(String evidenceId, String keyDigest) {
    Instant now = clock.instant();
    try {
      usesByName.compute(
          name(evidenceId),
          (name, use) -> {
            check(evidenceId, use, keyDigest, now);
            return use != null ? use : written(name, new Use(evidenceId, keyDigest, now));
          });
    } catch (UncheckedIOException e) {
      throw new RefusedException(
          RefusalReason.UNAVAILABLE, "the use of " + evidenceId + " cannot be recorded", e);
    }
  }

  /**
   * Lets {@code evidenceId} be used once more, e.g. for a machine that was set up anew.
   *
   * @return whether it had been used
   * @throws UncheckedIOException if that cannot be written; then it stays used
   */
  public boolean forget(String evidenceId) {
    boolean[] used = {false};
    usesByName.computeIfPresent(
        name(evidenceId),
        (name, use) -> {
          try {
            directory.delete(name);
          } catch (IOException e) {
            throw new UncheckedIOException("use of " + evidenceId + " cannot be deleted", e);
          }
          used[0] = true;
          return null;
        });
    return used[0];
  }

  private static void check(String evidenceId, @Nullable Use use, String keyDigest, Instant now) {
    Optional.ofNullable(use)
        .filter(
            used ->
                !used.keyDigest().equals(keyDigest)
                    || keyDigest.isEmpty()
                    || !now.isBefore(used.at().plus(RETRY_WINDOW)))
        .ifPresent(
            used -> {
              throw new RefusedException(
                  RefusalReason.REUSED_EVIDENCE, evidenceId + " was used at " + used.at());
            });
  }

  private Use written(String name, Use use) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("evidence", use.evidenceId());
    json.put("key", use.keyDigest());
    json.put("at", use.at().toString());
    try {
      directory.write(name, MAPPER.writeValueAsBytes(json));
      return use;
    } catch (IOException e) {
      throw new UncheckedIOException("use of " + use.evidenceId() + " cannot be written", e);
    }
  }

  /** Ids have characters that no file name may have. */
  private static String name(String evidenceId) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(evidenceId.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest) + SUFFIX;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
