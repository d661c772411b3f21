package io.mooring.model.validation;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Gathers the violations of one object, in the order of its fields. Confined to one validation. */
final class Violations {

  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final List<Violation> violations = new ArrayList<>(0);

  /** Refuses the object for a value. */
  void error(FieldPath path, Object value, String expected) {
    add(
        Severity.ERROR,
        path,
        value,
        Quoted.value(value.toString()) + " (expected: " + expected + ")");
  }

  /** Refuses the object for something that is not there. */
  void missing(FieldPath path, String expected) {
    add(Severity.ERROR, path, "", "missing (expected: " + expected + ")");
  }

  /** Refuses the object for a combination of values. */
  void conflict(FieldPath path, String message) {
    add(Severity.ERROR, path, "", message);
  }

  /** Accepts the object, but says that it is probably not what was meant. */
  void warning(FieldPath path, Object value, String message) {
    add(Severity.WARNING, path, value, message);
  }

  /** Refuses a whole number outside of a range. */
  void range(FieldPath path, long value, long min, long max) {
    if (value < min || value > max) {
      error(path, value, min + ".." + max);
    }
  }

  /** Refuses what is no share, fractions included. */
  void percent(FieldPath path, double value) {
    if (!(value >= 0 && value <= 100)) {
      error(path, value == Math.rint(value) ? Long.toString((long) value) : value, "0..100");
    }
  }

  /** Refuses what is no port number. */
  void port(FieldPath path, long value) {
    range(path, value, 1, 65535);
  }

  /** Refuses a duration below a millisecond, which proxies would take for none. */
  void positive(FieldPath path, Duration value) {
    if (value.compareTo(SHORTEST) < 0) {
      error(path, seconds(value), "at least 1ms");
    }
  }

  /** Returns a duration as configuration writes it, e.g. {@code 1.5s}. */
  static String seconds(Duration value) {
    return BigDecimal.valueOf(value.getSeconds())
            .add(BigDecimal.valueOf(value.getNano(), 9))
            .stripTrailingZeros()
            .toPlainString()
        + "s";
  }

  private void add(Severity severity, FieldPath path, Object value, String message) {
    violations.add(new Violation(severity, path, value.toString(), message));
  }

  List<Violation> found() {
    return List.copyOf(violations);
  }
}
