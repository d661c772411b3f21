package io.mooring.model.codec;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.model.validation.Severity;
import java.util.Comparator;
import java.util.Optional;

/**
 * One thing wrong with a text, and where. Immutable; ordered by position.
 *
 * @param severity whether the object is refused
 * @param code what kind of problem it is
 * @param file the name that the caller gave the text
 * @param line line, from 1
 * @param column column in characters, from 1: the key of an unknown field, the value of a wrong
 *     value, the parent of a missing one
 * @param path the field within the object, {@code $} for the document as a whole
 * @param message what is wrong and what was expected, on one line
 * @param object the object that it is about, whenever kind and name could be read
 */
public record Problem(
    Severity severity,
    Code code,
    String file,
    int line,
    int column,
    String path,
    String message,
    Optional<ConfigKey> object)
    implements Comparable<Problem> {

  private static final Comparator<Problem> ORDER =
      Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

  public Problem {
    requireNonNull(severity, "severity");
    requireNonNull(code, "code");
    requireNonNull(file, "file");
    requireNonNull(path, "path");
    requireNonNull(message, "message");
    requireNonNull(object, "object");
  }

  /** What kind of problem it is. */
  public enum Code {
    /** The text is no YAML or JSON. */
    SYNTAX,
    /** The document has a kind that Mooring does not read. */
    UNKNOWN_KIND,
    /** The document has no kind, and nothing else that looks like one of ours. */
    MISSING_KIND,
    /** A field is unknown or twice there, or its value has the wrong type. */
    STRUCTURE,
    /** A value breaks a rule. */
    RULE,
    /** Another document defines the same object, and that one counts. */
    DUPLICATE,
    /** There is no text: the file cannot be read. */
    UNREADABLE,
    /** The text is beyond a bound, or further problems were left out. */
    LIMIT
  }

  /**
   * Returns whether the document is none of ours: somebody else's file in the same directory, which
   * a server passes over with a notice and a linter reports.
   */
  public boolean unknownKind() {
    return code == Code.UNKNOWN_KIND || code == Code.MISSING_KIND;
  }

  /** Returns the problem of a part with the path that it has in the whole. */
  Problem within(String part, String whole) {
    boolean inside =
        path.equals(part) || path.startsWith(part + ".") || path.startsWith(part + "[");
    return new Problem(
        severity,
        code,
        file,
        line,
        column,
        inside ? whole + path.substring(part.length()) : path,
        message,
        object);
  }

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /** Returns {@code file:line:column: severity: path: message}. */
  @Override
  public String toString() {
    String level = severity == Severity.ERROR ? "error" : "warning";
    return file + ":" + line + ":" + column + ": " + level + ": " + path + ": " + message;
  }
}
