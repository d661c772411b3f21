package io.mooring.model.validation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.model.security.JwtRule;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules of the issuers of tokens. */
final class JwtRuleRules {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_CLAIMS = 64;
  private static final Set<String> PRIVATE = Set.of("d", "p", "q", "dp", "dq", "qi", "k");

  private static final Pattern AUTHORITY = // RFC 3986 section 3.2
      Pattern.compile("([^@]*@)?(\\[[^\\]]*]|[^:]*)(:\\d*)?");

  private JwtRuleRules() {}

  static void check(JwtRule rule, FieldPath path, Violations violations) {
    if (rule.issuer().isEmpty() && rule.jwksUri().isEmpty()) {
      violations.missing(path.field("issuer"), "the issuer of the tokens, or jwksUri");
    }
    checkFilled(rule.audiences(), path.field("audiences"), violations);
    checkKeys(rule, path, violations);
    for (int i = 0; i < rule.fromHeaders().size(); i++) {
      if (rule.fromHeaders().get(i).name().isEmpty()) {
        violations.missing(path.field("fromHeaders").index(i).field("name"), "a header name");
      }
    }
    checkFilled(rule.fromParams(), path.field("fromParams"), violations);
    checkFilled(rule.fromCookies(), path.field("fromCookies"), violations);
    if (rule.spaceDelimitedClaims().size() > MAX_CLAIMS) {
      violations.error(
          path.field("spaceDelimitedClaims"),
          rule.spaceDelimitedClaims().size() + " claims",
          "at most " + MAX_CLAIMS);
    }
    checkFilled(rule.spaceDelimitedClaims(), path.field("spaceDelimitedClaims"), violations);
    for (int i = 0; i < rule.outputClaimToHeaders().size(); i++) {
      JwtRule.ClaimToHeader output = rule.outputClaimToHeaders().get(i);
      FieldPath at = path.field("outputClaimToHeaders").index(i);
      if (!Names.isMatchHeader(output.header())) {
        violations.error(at.field("header"), output.header(), Names.MATCH_HEADER);
      }
      if (output.claim().isEmpty()) {
        violations.missing(at.field("claim"), "a claim");
      }
    }
    violations.positive(path.field("timeout"), rule.timeout());
  }

  private static void checkKeys(JwtRule rule, FieldPath path, Violations violations) {
    if (!rule.jwksUri().isEmpty() && !rule.jwks().isEmpty()) {
      violations.conflict(path.field("jwks"), "excludes jwksUri (expected: one of both)");
    }
    if (!rule.jwksUri().isEmpty() && !isHttpUrl(rule.jwksUri())) {
      violations.error(path.field("jwksUri"), rule.jwksUri(), "a URL with http or https");
    }
    if (!rule.jwks().isEmpty() && !isKeySet(rule.jwks())) {
      violations.error(path.field("jwks"), rule.jwks(), "a JSON Web Key Set");
    } else if (hasPrivateKey(rule.jwks())) {
      violations.warning(
          path.field("jwks"), "", "has private keys: every proxy gets them, and none needs them");
    }
  }

  private static boolean isHttpUrl(String text) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      String authority = Objects.requireNonNullElse(uri.getRawAuthority(), "");
      return (scheme.equals("http") || scheme.equals("https"))
          && AUTHORITY.matcher(authority).matches();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** A set of keys, or one key, each of which says its type. */
  private static boolean isKeySet(String text) {
    try {
      JsonNode root = JSON.readTree(text);
      if (root == null || !root.isObject()) {
        return false;
      }
      JsonNode keys = root.get("keys");
      if (keys == null) {
        return root.path("kty").isTextual();
      }
      for (JsonNode key : keys) {
        if (!key.path("kty").isTextual()) {
          return false;
        }
      }
      return keys.isArray();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static boolean hasPrivateKey(String text) {
    try {
      return !text.isEmpty()
          && JSON.readTree(text).findParents("kty").stream()
              .anyMatch(key -> PRIVATE.stream().anyMatch(key::has));
    } catch (JsonProcessingException e) {
      return false; // refused as no key set
    }
  }

  private static void checkFilled(List<String> values, FieldPath path, Violations violations) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isEmpty()) {
        violations.missing(path.index(i), "at least one character");
      }
    }
  }
}
