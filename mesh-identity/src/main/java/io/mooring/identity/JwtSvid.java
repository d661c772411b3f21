package io.mooring.identity;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.SpiffeId;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JWT that carries a SPIFFE ID. Immutable; the token, which is good for whoever holds it, shows
 * in no text.
 *
 * <p>{@link #parse} alone proves nothing: neither signature nor times nor audience are checked.
 * That is the {@link JwtSvidVerifier}'s.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md">JWT-SVID</a>
 */
public final class JwtSvid {

  private final String token;
  private final SpiffeId id;
  private final List<String> audience;
  private final Instant expiresAt;
  private final Optional<String> keyId;
  private final Map<String, Object> claims;

  JwtSvid(
      String token,
      SpiffeId id,
      List<String> audience,
      Instant expiresAt,
      Optional<String> keyId,
      Map<String, Object> claims) {
    this.token = token;
    this.id = id;
    this.audience = List.copyOf(audience);
    this.expiresAt = expiresAt;
    this.keyId = keyId;
    this.claims = Collections.unmodifiableMap(new LinkedHashMap<>(claims));
  }

  /**
   * Returns what {@code token} claims to be.
   *
   * @throws InvalidJwtSvidException if it is no compact JWS of at most 16,384 characters, has
   *     another header than {@code alg}, {@code kid} and {@code typ}, an algorithm that is not of
   *     RFC 7518 3.3 to 3.5, or lacks a SPIFFE ID as {@code sub}, {@code aud} or {@code exp}
   */
  public static JwtSvid parse(String token) {
    return ParsedJwt.of(requireNonNull(token, "token")).svid();
  }

  /** Returns the identity: the claim {@code sub}. */
  public SpiffeId id() {
    return id;
  }

  /** Returns for whom it is: the claim {@code aud}, never empty. */
  public List<String> audience() {
    return audience;
  }

  /** Returns when it expires: the claim {@code exp}. */
  public Instant expiresAt() {
    return expiresAt;
  }

  /** Returns the id of the key that is said to have signed it; optional in JWT-SVIDs. */
  public Optional<String> keyId() {
    return keyId;
  }

  /** Returns every claim as a plain value: map, list, string, number or boolean. */
  public Map<String, Object> claims() {
    return claims;
  }

  /** Returns the compact serialization, for the {@code authorization} header of its audience. */
  public String reveal() {
    return token;
  }

  @Override
  public String toString() {
    return "JwtSvid[" + id + ", audience=" + audience + ", expiresAt=" + expiresAt + "]";
  }
}
