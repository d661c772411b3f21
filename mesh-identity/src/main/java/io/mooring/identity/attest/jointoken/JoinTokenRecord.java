package io.mooring.identity.attest.jointoken;

import io.mooring.model.ConfigKey;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.immutables.value.Value;

/** What is kept of a token. Immutable; the secret itself is nowhere in it. */
@Value.Immutable
@MeshStyle
public interface JoinTokenRecord {

  /** What can still become of a token. */
  enum State {
    /** It can be used. */
    UNUSED,
    /** A key has used it. */
    USED,
    /** An operator took it back, used or not. */
    REVOKED,
    /** Its time ended before a key used it. */
    EXPIRED
  }

  /** How long the key that used a token gets a certificate again: its reply may have been lost. */
  Duration RETRY_WINDOW = Duration.ofMinutes(10);

  /** Returns the public id. */
  String id();

  /** Returns the WorkloadGroup that its user joins. */
  ConfigKey group();

  /** Returns when it was made. */
  Instant createdAt();

  /** Returns the first instant at which it cannot be used for the first time. */
  Instant expiresAt();

  /** Returns the first use. */
  Optional<Instant> usedAt();

  /** Returns the SHA-256 of the public key that used it, in hexadecimal. */
  Optional<String> usedBy();

  /** Returns whether an operator took it back. */
  @Value.Default
  default boolean revoked() {
    return false;
  }

  /** Returns the SHA-256 of the secret, in hexadecimal. */
  @Value.Redacted
  String secretDigest();

  /** Returns the state at {@code now}. */
  default State state(Instant now) {
    if (revoked()) {
      return State.REVOKED;
    }
    if (usedAt().isPresent()) {
      return State.USED;
    }
    return now.isBefore(expiresAt()) ? State.UNUSED : State.EXPIRED;
  }

  /** Returns whether {@code keyDigest} may use it at {@code now} again, for its reply was lost. */
  default boolean mayRetry(String keyDigest, Instant now) {
    return usedBy().equals(Optional.of(keyDigest))
        && usedAt().map(used -> now.isBefore(used.plus(RETRY_WINDOW))).orElse(false);
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link JoinTokenRecord}. Not thread-safe. */
  final class Builder extends ImmutableJoinTokenRecord.Builder {
    Builder() {}
  }
}
