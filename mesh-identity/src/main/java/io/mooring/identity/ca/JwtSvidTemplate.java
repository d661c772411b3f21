package io.mooring.identity.ca;

import io.mooring.model.MeshStyle;
import io.mooring.model.spiffe.SpiffeId;
import java.time.Duration;
import java.util.List;
import org.immutables.value.Value;

/** What a JWT-SVID is to say. Immutable; everything in it has been authorized. */
@Value.Immutable
@MeshStyle
public interface JwtSvidTemplate {

  /** As with SPIRE: a token is good for whoever holds it, so it lives briefly. */
  Duration DEFAULT_TTL = Duration.ofMinutes(5);

  /** Nobody gets a token that lives longer. */
  Duration MAX_TTL = Duration.ofHours(24);

  /** Returns the identity: the claim {@code sub}. */
  SpiffeId id();

  /** Returns for whom it is, at least one; the narrower, the less a stolen token is worth. */
  List<String> audience();

  /** Returns the lifetime from now. */
  @Value.Default
  default Duration ttl() {
    return DEFAULT_TTL;
  }

  /** Checks that there is a path, an audience, and a lifetime in range. */
  @Value.Check
  default void check() {
    if (id().path().isEmpty()) {
      throw new IllegalArgumentException(
          "token for '" + id() + "' (expected: a workload's ID, with a path)");
    }
    if (audience().isEmpty() || audience().contains("")) {
      throw new IllegalArgumentException(
          "audience " + audience() + " (expected: at least one, none empty)"); // JWT-SVID 3.2
    }
    if (ttl().compareTo(Duration.ofSeconds(1)) < 0 || ttl().compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException("ttl " + ttl() + " (expected: 1 s to " + MAX_TTL + ")");
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link JwtSvidTemplate}. Not thread-safe. */
  final class Builder extends ImmutableJwtSvidTemplate.Builder {
    Builder() {}
  }
}
