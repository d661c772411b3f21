package io.mooring.model.validation;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Gathers the violations of one object, in the order of its fields. Confined to one validation. */
final class Violations {

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final long MAX_UINT32 = 4_294_967_295L;

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

  /** Refuses a negative number. */
  void notNegative(FieldPath path, OptionalInt value) {
    if (value.isPresent() && value.getAsInt() < 0) {
      error(path, value.getAsInt(), "0 or more");
    }
  }

  /** Refuses a number that is negative or beyond 32 bits. */
  void notNegative(FieldPath path, OptionalLong value) {
    value.ifPresent(number -> range(path, number, 0, MAX_UINT32));
  }

  /** Refuses a duration that {@link #positive(FieldPath, Duration)} does, if there is one. */
  void positive(FieldPath path, Optional<Duration> value) {
    value.ifPresent(duration -> positive(path, duration));
  }

  /** Refuses a duration below a millisecond, which proxies would take for none, and parts of it. */
  void positive(FieldPath path, Duration value) {
    if (value.compareTo(SHORTEST) < 0) {
      error(path, seconds(value), "at least 1ms");
    } else if (!value.equals(value.truncatedTo(ChronoUnit.MILLIS))) {
      error(path, seconds(value), "whole milliseconds");
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
