package io.mooring.model.validation;

import static java.util.Objects.requireNonNull;

/**
 * One rule that an object breaks. Immutable.
 *
 * @param severity whether the object is refused
 * @param path the field, also where it is absent
 * @param value the offending value as text, empty where the field is absent
 * @param message what is wrong and what was expected; has the value
 */
public record Violation(Severity severity, FieldPath path, String value, String message) {

  public Violation {
    requireNonNull(severity, "severity");
    requireNonNull(path, "path");
    requireNonNull(value, "value");
    requireNonNull(message, "message");
  }

  /** Returns {@code severity: path: message}. */
  @Override
  public String toString() {
    return (severity == Severity.ERROR ? "error: " : "warning: ") + path + ": " + message;
  }
}
