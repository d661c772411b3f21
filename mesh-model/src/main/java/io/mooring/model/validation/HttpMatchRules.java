package io.mooring.model.validation;

import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.StringMatch;
import java.util.Map;

/** Rules of what an HTTP request must match. */
final class HttpMatchRules {

  private HttpMatchRules() {}

  static void check(HttpMatchRequest match, FieldPath path, Violations violations) {
    match.uri().ifPresent(uri -> checkRequired(uri, path.field("uri"), violations));
    match.scheme().ifPresent(scheme -> checkRequired(scheme, path.field("scheme"), violations));
    match.method().ifPresent(method -> checkRequired(method, path.field("method"), violations));
    match
        .authority()
        .ifPresent(authority -> checkRequired(authority, path.field("authority"), violations));
    checkHeaders(match.headers(), path.field("headers"), violations);
    checkHeaders(match.withoutHeaders(), path.field("withoutHeaders"), violations);
    match
        .queryParams()
        .forEach(
            (name, value) -> checkString(value, path.field("queryParams").field(name), violations));
    match.port().ifPresent(port -> violations.port(path.field("port"), port));
    LabelRules.check(match.sourceLabels(), path.field("sourceLabels"), violations);
    if (!match.sourceNamespace().isEmpty() && !Names.isLabel(match.sourceNamespace())) {
      violations.error(path.field("sourceNamespace"), match.sourceNamespace(), Names.LABEL);
    }
    VirtualServiceRules.checkGateways(match.gateways(), path.field("gateways"), violations);
  }

  private static void checkHeaders(
      Map<String, StringMatch> headers, FieldPath path, Violations violations) {
    headers.forEach(
        (name, value) -> {
          if (!Names.isHeader(name) && !name.startsWith("@request.auth.claims")) {
            violations.error(path.field(name), name, "a header name");
          }
          checkString(value, path.field(name), violations);
        });
  }

  /** Checks a match that says nothing when it is empty. */
  private static void checkRequired(StringMatch match, FieldPath path, Violations violations) {
    if (match.exact().isEmpty() && match.prefix().isEmpty() && match.regex().isEmpty()) {
      violations.missing(path, "one of exact, prefix, regex");
    }
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
    RegexSyntax.problem(regex).ifPresent(expected -> violations.error(path, regex, expected));
  }
}
