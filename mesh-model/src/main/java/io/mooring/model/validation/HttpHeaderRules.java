package io.mooring.model.validation;

import io.mooring.model.networking.Headers;
import java.util.List;

/** Rules of changes to headers. */
final class HttpHeaderRules {

  private HttpHeaderRules() {}

  static void check(Headers headers, FieldPath path, Violations violations) {
    headers.request().ifPresent(operations -> check(operations, path.field("request"), violations));
    headers
        .response()
        .ifPresent(operations -> check(operations, path.field("response"), violations));
  }

  private static void check(
      Headers.HeaderOperations operations, FieldPath path, Violations violations) {
    operations
        .set()
        .keySet()
        .forEach(name -> checkName(name, path.field("set").field(name), violations));
    operations
        .add()
        .keySet()
        .forEach(name -> checkName(name, path.field("add").field(name), violations));
    List<String> removed = operations.remove();
    for (int i = 0; i < removed.size(); i++) {
      checkName(removed.get(i), path.field("remove").index(i), violations);
    }
  }

  private static void checkName(String name, FieldPath path, Violations violations) {
    if (!Names.isHeader(name)) {
      violations.error(path, name, "a header name");
    }
  }
}
