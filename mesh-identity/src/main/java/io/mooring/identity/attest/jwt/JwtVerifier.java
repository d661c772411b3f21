package io.mooring.identity.attest.jwt;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies the tokens of one issuer for one audience (RFC 7519). Thread-safe.
 *
 * <p>A token needs a key id, an {@code iss}, an {@code aud} and an {@code exp}; the algorithm must
 * be an asymmetric one and fit the key. Headers that bring keys or demands of their own ({@code
 * jku}, {@code x5u}, {@code jwk}, {@code crit}) and repeated names are refused. Times may be off by
 * a minute.
 */
public final class JwtVerifier {

  private static final int MAX_CHARACTERS = 16_384;
  private static final Duration SKEW = Duration.ofMinutes(1);
  private static final long MAX_SECONDS = 253_402_300_799L; // the end of the year 9999
  private static final Set<String> BRINGING_KEYS = Set.of("jku", "x5u", "jwk", "crit", "b64");
  private static final Set<JWSAlgorithm> RSA =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512);
  private static final Set<JWSAlgorithm> EC =
      Set.of(JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512);

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String issuer;
  private final String audience;
  private final JwkSource keys;
  private final InstantSource clock;

  /**
   * Creates a verifier.
   *
   * @param issuer what {@code iss} must be, byte for byte
   * @param audience what {@code aud} must be or have
   * @param keys the issuer's keys
   * @param clock the time
   */
  public JwtVerifier(String issuer, String audience, JwkSource keys, InstantSource clock) {
    this.issuer = nonEmpty("issuer", issuer);
    this.audience = nonEmpty("audience", audience);
    this.keys = requireNonNull(keys, "keys");
    this.clock = requireNonNull(clock, "clock");
  }

  private static String nonEmpty(String field, String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(field + " is empty (expected: what tokens have)");
    }
    return text;
  }

  /** Returns whether {@code token} says that it is of this issuer; nothing is verified. */
  public boolean isIssuer(String token) {
    return claimed(token, "iss").equals(Optional.of(issuer));
  }

  /** Returns a claim of {@code token} that nobody vouches for; empty if it is no token. */
  public static Optional<String> claimed(String token, String claim) {
    String[] parts = token.split("\\.", -1);
    if (token.length() > MAX_CHARACTERS || parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonNode value = json(parts[1]).path(claim);
      return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the claims of {@code token}.
   *
   * @throws RefusedException if it is malformed, not signed by the issuer, not for the audience, or
   *     out of its time; the message has nothing of the token but its claims
   */
  public VerifiedJwt verify(String token) {
    if (token.length() > MAX_CHARACTERS) {
      throw refused("token of " + token.length() + " characters (at most " + MAX_CHARACTERS + ")");
    }
    try {
      JWSObject jws = JWSObject.parse(token);
      checkHeader(json(token.substring(0, token.indexOf('.'))));
      JsonNode claims = json(jws.getPayload().toBase64URL().toString());
      checkIssuer(claims); // before the key, so that a foreign token fetches nothing
      if (!verifierFor(jws).map(verifier -> isSigned(jws, verifier)).orElse(false)) {
        throw refused("token is not signed by '" + issuer + "'");
      }
      checkAudience(claims);
      checkTimes(claims, clock.instant());
      return new VerifiedJwt(claims);
    } catch (ParseException | IOException | IllegalArgumentException e) {
      // Causes quote the token.
      throw refused("unreadable token: " + e.getClass().getSimpleName());
    } catch (JwksUnavailableException e) {
      throw new RefusedException(RefusalReason.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }

  private static JsonNode json(String base64Url) throws IOException {
    JsonNode json = MAPPER.readTree(Base64.getUrlDecoder().decode(base64Url));
    if (!json.isObject()) {
      throw new IOException("no JSON object");
    }
    return json;
  }

  private static void checkHeader(JsonNode header) {
    List<String> foreign = new ArrayList<>();
    header.fieldNames().forEachRemaining(foreign::add);
    foreign.retainAll(BRINGING_KEYS);
    if (!foreign.isEmpty()) {
      throw refused("token with header " + foreign + " (expected: alg, kid, typ)");
    }
  }

  private void checkIssuer(JsonNode claims) {
    if (!claims.path("iss").isTextual() || !claims.path("iss").textValue().equals(issuer)) {
      throw refused("token of issuer " + claims.path("iss") + " (expected: '" + issuer + "')");
    }
  }

  private Optional<JWSVerifier> verifierFor(JWSObject jws) {
    JWSAlgorithm algorithm = jws.getHeader().getAlgorithm();
    String keyId = jws.getHeader().getKeyID();
    if (keyId == null || !(RSA.contains(algorithm) || EC.contains(algorithm))) {
      throw refused(
          "token with alg '"
              + algorithm
              + "', kid "
              + (keyId == null ? "missing" : "present")
              + " (expected: RS, PS or ES with a key id)");
    }
    return keys.find(keyId)
        .filter(key -> key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm))
        .flatMap(key -> verifier(key, algorithm));
  }

  private static Optional<JWSVerifier> verifier(JWK key, JWSAlgorithm algorithm) {
    try {
      if (key instanceof RSAKey rsa && RSA.contains(algorithm)) {
        return Optional.of(new RSASSAVerifier(rsa));
      }
      if (key instanceof ECKey ec && EC.contains(algorithm)) {
        return Optional.of(new ECDSAVerifier(ec));
      }
      return Optional.empty(); // never HMAC: a public key is no secret
    } catch (JOSEException e) {
      return Optional.empty();
    }
  }

  private static boolean isSigned(JWSObject jws, JWSVerifier verifier) {
    try {
      return jws.verify(verifier);
    } catch (JOSEException e) {
      return false; // e.g. ES384 with a P-256 key
    }
  }

  private void checkAudience(JsonNode claims) {
    JsonNode aud = claims.path("aud");
    boolean ours = aud.isTextual() && aud.textValue().equals(audience);
    for (JsonNode element : aud.isArray() ? aud : MAPPER.createArrayNode()) {
      ours |= element.isTextual() && element.textValue().equals(audience);
    }
    if (!ours) {
      throw refused("token for audience " + aud + " (expected: '" + audience + "')");
    }
  }

  private static void checkTimes(JsonNode claims, Instant now) {
    Instant end = time(claims, "exp").orElseThrow(() -> refused("token without 'exp'"));
    if (!now.minus(SKEW).isBefore(end)) {
      throw stale("token ended at " + end + ", it is " + now);
    }
    for (String claim : List.of("nbf", "iat")) {
      time(claims, claim)
          .filter(start -> start.minus(SKEW).isAfter(now))
          .ifPresent(
              start -> {
                throw stale("token with " + claim + " " + start + ", it is " + now);
              });
    }
  }

  private static Optional<Instant> time(JsonNode claims, String claim) {
    JsonNode value = claims.path(claim);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < 0
        || value.longValue() > MAX_SECONDS) {
      throw refused("token with " + claim + " " + value + " (expected: seconds since 1970)");
    }
    return Optional.of(Instant.ofEpochSecond(value.longValue()));
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(RefusalReason.INVALID_EVIDENCE, detail);
  }

  private static RefusedException stale(String detail) {
    return new RefusedException(RefusalReason.STALE_EVIDENCE, detail);
  }
}
