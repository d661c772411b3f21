package io.mooring.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.Base64URL;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a compact JWT-SVID, its form checked and nothing else. Immutable.
 *
 * @param notBefore the claim {@code nbf}
 * @param signedContent header and payload as they were signed
 */
record ParsedJwt(
    JwtSvid svid,
    JWSAlgorithm algorithm,
    Optional<Instant> notBefore,
    String signedContent,
    Base64URL signature) {

  /** JWT-SVID 2.1: RFC 7518 sections 3.3, 3.4 and 3.5. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512);

  private static final int MAX_LENGTH = 16_384;
  private static final double MAX_SECONDS = 253_402_300_799.0; // the last of the year 9999
  private static final Set<String> TYPES = Set.of("JWT", "JOSE"); // JWT-SVID 2.3
  private static final Set<String> HEADERS = Set.of("alg", "kid", "typ"); // JWT-SVID 2
  private static final String SECTION = "([A-Za-z0-9_-]++)";
  private static final Pattern COMPACT =
      Pattern.compile(SECTION + "\\." + SECTION + "\\." + SECTION); // RFC 7515 3.1

  static ParsedJwt of(String token) {
    if (token.length() > MAX_LENGTH) {
      throw new InvalidJwtSvidException(
          "token of " + token.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    Matcher sections = COMPACT.matcher(token);
    if (!sections.matches()) {
      throw new InvalidJwtSvidException(
          "token of " + token.length() + " characters (expected: compact JWS of three sections)");
    }
    try {
      ObjectNode header = object("header", sections.group(1));
      ObjectNode claims = object("payload", sections.group(2));
      return new ParsedJwt(
          svid(token, header, claims),
          algorithm(header),
          optional(claims, "nbf"),
          token.substring(0, sections.end(2)),
          new Base64URL(sections.group(3)));
    } catch (InvalidJwtSvidException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidJwtSvidException("token is no JWT-SVID: " + e.getMessage(), e);
    }
  }

  private static ObjectNode object(String what, String section) {
    byte[] utf8 = Base64.getUrlDecoder().decode(section);
    try {
      return SpiffeJson.object(
          what,
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString(),
          MAX_LENGTH);
    } catch (CharacterCodingException e) {
      throw new InvalidJwtSvidException(what + " is no UTF-8", e);
    }
  }

  private static JWSAlgorithm algorithm(ObjectNode header) {
    for (JWSAlgorithm algorithm : ALGORITHMS) {
      if (header.path("alg").isTextual()
          && algorithm.getName().equals(header.path("alg").asText())) {
        return algorithm;
      }
    }
    throw new InvalidJwtSvidException(
        "alg "
            + SpiffeJson.shown(header.path("alg"))
            + " (expected: RS, ES or PS with 256, 384 or 512)");
  }

  private static Optional<String> keyId(ObjectNode header) {
    for (Iterator<String> names = header.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!HEADERS.contains(name)) {
        throw new InvalidJwtSvidException(
            "header "
                + SpiffeJson.shown(header.textNode(name))
                + " (expected: alg, kid and typ alone)");
      }
    }
    if (header.has("typ") && !TYPES.contains(header.path("typ").asText())) {
      throw new InvalidJwtSvidException(
          "typ " + SpiffeJson.shown(header.path("typ")) + " (expected: JWT or JOSE)");
    }
    if (header.has("kid") && !header.path("kid").isTextual()) {
      throw new InvalidJwtSvidException("kid is no string");
    }
    return header.has("kid") ? Optional.of(header.path("kid").asText()) : Optional.empty();
  }

  private static JwtSvid svid(String token, ObjectNode header, ObjectNode claims) {
    SpiffeId id;
    try {
      id = SpiffeId.parse(claims.path("sub").isTextual() ? claims.path("sub").asText() : "");
    } catch (InvalidSpiffeIdException e) {
      throw new InvalidJwtSvidException("sub: " + e.getMessage(), e);
    }
    Map<String, Object> plain = new LinkedHashMap<>();
    claims
        .properties()
        .forEach(claim -> plain.put(claim.getKey(), SpiffeJson.plain(claim.getValue())));
    plain.values().removeIf(Objects::isNull);
    Instant expiry =
        optional(claims, "exp")
            .orElseThrow(() -> new InvalidJwtSvidException("exp is missing (JWT-SVID 3.3)"));
    return new JwtSvid(token, id, audience(claims.path("aud")), expiry, keyId(header), plain);
  }

  /** RFC 7519 4.1.3: an array of strings, or one string. */
  private static List<String> audience(JsonNode aud) {
    List<String> audience = new ArrayList<>();
    for (JsonNode value : aud.isArray() ? aud : List.of(aud)) {
      if (!value.isTextual()) {
        throw new InvalidJwtSvidException(
            "aud " + SpiffeJson.shown(aud) + " (expected: a string or strings; JWT-SVID 3.2)");
      }
      audience.add(value.asText());
    }
    if (audience.isEmpty()) {
      throw new InvalidJwtSvidException("aud is empty (expected: at least one; JWT-SVID 3.2)");
    }
    return audience;
  }

  /** RFC 7519 2, NumericDate: seconds, which may have decimals. */
  private static Optional<Instant> optional(ObjectNode claims, String name) {
    JsonNode value = claims.get(name);
    if (value == null) {
      return Optional.empty();
    }
    double seconds = value.isNumber() ? value.asDouble() : Double.NaN;
    if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
      throw new InvalidJwtSvidException(
          name + " " + SpiffeJson.shown(value) + " (expected: seconds since 1970)");
    }
    return Optional.of(Instant.ofEpochSecond((long) Math.floor(seconds)));
  }

  @Override
  public String toString() {
    return svid.toString();
  }
}
