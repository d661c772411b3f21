package io.mooring.model.validation;

import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.StringMatch;
import java.util.Map;
import java.util.Set;

/**
 * Rules of what an HTTP request must match.
 *
 * <p>As Istio, takes {@code regex: "*"} among {@code withoutHeaders}, which is no expression, for
 * the presence of a header, and an empty prefix of a path for every path.
 */
final class HttpMatchRules {

  private static final String CLAIM = "@request.auth.claims";
  private static final String PRESENT = "*";
  private static final Set<String> PSEUDO_HEADERS = // RFC 9113 section 8.3
      Set.of(":method", ":scheme", ":authority", ":path", ":status");

  private HttpMatchRules() {}

  /** Checks a match; {@code gateway} is whether only gateways have the route. */
  static void check(
      HttpMatchRequest match, FieldPath path, boolean gateway, Violations violations) {
    match.uri().ifPresent(uri -> checkUri(uri, path.field("uri"), violations));
    match.scheme().ifPresent(scheme -> checkText(scheme, path.field("scheme"), violations));
    match.method().ifPresent(method -> checkText(method, path.field("method"), violations));
    match
        .authority()
        .ifPresent(authority -> checkText(authority, path.field("authority"), violations));
    checkHeaders(match.headers(), path.field("headers"), gateway, violations);
    match
        .headers()
        .forEach((name, value) -> checkText(value, path.field("headers").field(name), violations));
    FieldPath without = path.field("withoutHeaders");
    checkHeaders(match.withoutHeaders(), without, gateway, violations);
    match
        .withoutHeaders()
        .forEach(
            (name, value) -> {
              if (value.regex().filter(PRESENT::equals).isEmpty()) {
                checkText(value, without.field(name), violations);
              }
            });
    match
        .queryParams()
        .forEach(
            (name, value) -> checkText(value, path.field("queryParams").field(name), violations));
    match.port().ifPresent(port -> violations.port(path.field("port"), port));
    LabelRules.check(match.sourceLabels(), path.field("sourceLabels"), violations);
    if (!match.sourceNamespace().isEmpty() && !Names.isLabel(match.sourceNamespace())) {
      violations.error(path.field("sourceNamespace"), match.sourceNamespace(), Names.LABEL);
    }
    GatewayNameRules.check(match.gateways(), path.field("gateways"), violations);
  }

  private static void checkHeaders(
      Map<String, StringMatch> headers, FieldPath path, boolean gateway, Violations violations) {
    headers.forEach(
        (name, value) -> {
          if (name.startsWith(CLAIM)) {
            if (!gateway) {
              violations.error(
                  path.field(name), name, "a header name; claims of tokens only for gateways");
            }
          } else if (!Names.isHeader(name) && !PSEUDO_HEADERS.contains(name)) {
            violations.error(path.field(name), name, "a header name");
          }
        });
  }

  private static void checkUri(StringMatch uri, FieldPath path, Violations violations) {
    if (uri.exact().isEmpty() && uri.prefix().isEmpty() && uri.regex().isEmpty()) {
      violations.warning(path, "", "every path matches without one of exact, prefix, regex");
    }
    checkString(uri, path, violations);
  }

  private static void checkText(StringMatch match, FieldPath path, Violations violations) {
    if (match.prefix().filter(String::isEmpty).isPresent()) {
      violations.error(path.field("prefix"), "", "at least one character");
    }
    checkString(match, path, violations);
  }

  static void checkString(StringMatch match, FieldPath path, Violations violations) {
    int kinds =
        (match.exact().isPresent() ? 1 : 0)
            + (match.prefix().isPresent() ? 1 : 0)
            + (match.regex().isPresent() ? 1 : 0);
    if (kinds > 1) {
      violations.conflict(path, kinds + " matches (expected: one of exact, prefix, regex)");
    }
    match.regex().ifPresent(regex -> checkRegex(regex, path.field("regex"), violations));
  }

  static void checkRegex(String regex, FieldPath path, Violations violations) {
    if (regex.isEmpty()) {
      violations.missing(path, "an RE2 expression");
    }
    RegexSyntax.problem(regex).ifPresent(expected -> violations.error(path, regex, expected));
  }
}
