package io.mooring.model.security;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * One issuer of tokens, and where requests carry them. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/security/jwt/">JWTRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = JwtRule.Builder.class)
public interface JwtRule {

  /** Returns the issuer; empty is any, and needs {@link #jwksUri()}. */
  @Value.Default
  default String issuer() {
    return "";
  }

  /** Returns the audiences, of which a token must have one; none are not looked at. */
  List<String> audiences();

  /** Returns the URL of the issuer's keys; empty is found by OpenID discovery. */
  @JsonAlias("jwks_uri")
  @Value.Default
  default String jwksUri() {
    return "";
  }

  /** Returns the issuer's keys themselves. */
  @Value.Default
  default String jwks() {
    return "";
  }

  /** Returns the headers with a token; none are {@code Authorization: Bearer}. */
  List<JwtHeader> fromHeaders();

  /** Returns the query parameters with a token. */
  List<String> fromParams();

  /** Returns the cookies with a token. */
  List<String> fromCookies();

  /** Returns the header that takes the payload of a good token. */
  @Value.Default
  default String outputPayloadToHeader() {
    return "";
  }

  /** Returns whether the token goes on to the workload. */
  @Value.Default
  default boolean forwardOriginalToken() {
    return false;
  }

  /** Returns the headers that take claims of a good token. */
  List<ClaimToHeader> outputClaimToHeaders();

  /** Returns how long to wait for the keys; absent is 5 s. */
  Optional<Duration> timeout();

  /**
   * Returns the claims that are lists, separated by blanks, besides {@code scope} and {@code
   * permission}.
   */
  List<String> spaceDelimitedClaims();

  /** A header with a token. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = JwtHeader.Builder.class)
  interface JwtHeader {

    /** Returns the name; required. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns what stands before the token. */
    @Value.Default
    default String prefix() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link JwtHeader}. Not thread-safe. */
    final class Builder extends ImmutableJwtHeader.Builder {
      Builder() {}
    }
  }

  /** A header that takes a claim. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ClaimToHeader.Builder.class)
  interface ClaimToHeader {

    /** Returns the name; required. */
    @Value.Default
    default String header() {
      return "";
    }

    /** Returns the claim, nested with dots; required. */
    @Value.Default
    default String claim() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ClaimToHeader}. Not thread-safe. */
    final class Builder extends ImmutableClaimToHeader.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link JwtRule}. Not thread-safe. */
  final class Builder extends ImmutableJwtRule.Builder {
    Builder() {}
  }
}
