package io.mooring.model.validation;

import java.util.Optional;

/**
 * The syntax of header values that a proxy fills in: {@code %NAME%}, {@code %NAME(arguments)%}, and
 * {@code %%} for a per cent sign. Pure.
 *
 * @see <a
 *     href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers">Envoy:
 *     custom headers</a>
 */
final class HeaderValues {

  private static final String LENGTH = " :0123456789"; // %REQ(x):10% has 10 characters at most

  private HeaderValues() {}

  /** Returns what was expected of a value; empty where nothing is wrong. */
  static Optional<String> problem(String value) {
    if (value.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7F)) {
      return Optional.of("no control characters");
    }
    int at = value.indexOf('%');
    while (at >= 0) {
      if (value.startsWith("%%", at)) {
        at += 2;
      } else {
        at = variableEnd(value, at + 1);
        if (at < 0) {
          return Optional.of("variables such as %HOSTNAME%, and %% for a per cent sign");
        }
      }
      at = value.indexOf('%', at);
    }
    return Optional.empty();
  }

  /** Where a variable ends whose name begins at {@code from}; -1 where it does not. */
  private static int variableEnd(String value, int from) {
    int end = value.indexOf('%', from);
    int arguments = value.indexOf('(', from);
    if (end < 0 || arguments < 0 || end < arguments) {
      return end < 0 ? -1 : end + 1;
    }
    int at = argumentsEnd(value, arguments + 1);
    while (at >= 0 && at < value.length() && LENGTH.indexOf(value.charAt(at)) >= 0) {
      at++;
    }
    return at >= 0 && at < value.length() && value.charAt(at) == '%' ? at + 1 : -1;
  }

  private static int argumentsEnd(String value, int from) {
    boolean quoted = false;
    for (int at = from; at < value.length(); at++) {
      char c = value.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ')' && !quoted) {
        return at + 1;
      }
    }
    return -1;
  }
}
