package io.mooring.model.validation;

import io.mooring.model.networking.Headers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Rules of changes to headers. Only a request's authority may be changed like a header. */
final class HttpHeaderRules {

  private static final Set<String> AUTHORITY = Set.of(":authority", "host");

  private HttpHeaderRules() {}

  static void check(Headers headers, FieldPath path, Violations violations) {
    headers
        .request()
        .ifPresent(operations -> check(operations, path.field("request"), true, violations));
    headers
        .response()
        .ifPresent(operations -> check(operations, path.field("response"), false, violations));
  }

  /** Whether this names what HTTP/1 has as Host. */
  static boolean isAuthority(String name) {
    return AUTHORITY.contains(name.toLowerCase(Locale.ROOT));
  }

  private static void check(
      Headers.HeaderOperations operations, FieldPath path, boolean request, Violations violations) {
    checkValues(operations.set(), path.field("set"), request, violations);
    checkValues(operations.add(), path.field("add"), request, violations);
    List<String> removed = operations.remove();
    for (int i = 0; i < removed.size(); i++) {
      checkName(removed.get(i), path.field("remove").index(i), false, violations);
    }
  }

  private static void checkValues(
      Map<String, String> values, FieldPath path, boolean request, Violations violations) {
    values.forEach(
        (name, value) -> {
          checkName(name, path.field(name), request, violations);
          HeaderValues.problem(value)
              .ifPresent(expected -> violations.error(path.field(name), value, expected));
        });
  }

  private static void checkName(
      String name, FieldPath path, boolean authorityAllowed, Violations violations) {
    if (isAuthority(name) ? !authorityAllowed : !Names.isHeader(name)) {
      violations.error(path, name, "a header name");
    }
  }
}
