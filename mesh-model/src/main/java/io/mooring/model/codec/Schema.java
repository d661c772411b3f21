package io.mooring.model.codec;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a value of a document may look like. Immutable; derived from the model types. */
sealed interface Schema {

  /** What is expected, for a message. */
  String expected();

  /** A scalar of one kind. */
  enum Scalar implements Schema {
    TEXT("text"),
    ANY("anything"),
    BOOLEAN("true or false"),
    INT("a whole number up to 2147483647"),
    LONG("a whole number"),
    DECIMAL("a number"),
    DURATION("a duration such as 100ms, 2s or 1h30m"),
    TIMESTAMP("a time such as 2024-05-01T12:00:00Z"),
    INT_OR_TEXT("a whole number or a name");

    private final String expected;

    Scalar(String expected) {
      this.expected = expected;
    }

    @Override
    public String expected() {
      return expected;
    }
  }

  /**
   * One of some names.
   *
   * @param names names in the order of their declaration
   */
  record Choice(List<String> names) implements Schema {

    @Override
    public String expected() {
      return "one of " + String.join(", ", names);
    }
  }

  /**
   * A list.
   *
   * @param element what each element looks like
   */
  record ListOf(Schema element) implements Schema {

    @Override
    public String expected() {
      return "a list";
    }
  }

  /**
   * A map.
   *
   * @param numbered whether keys are whole numbers
   * @param value what each value looks like
   */
  record MapOf(boolean numbered, Schema value) implements Schema {

    @Override
    public String expected() {
      return "an object";
    }
  }

  /** What becomes of a field that an object does not have. */
  enum Unknown {
    /** The object is refused: its author meant something else. */
    REFUSED,
    /** The field is left out with a warning, as Istio does with MeshConfig. */
    WARNED,
    /** The field is left out: a mesh reads a part of the object only. */
    PASSED_OVER
  }

  /**
   * An object with known fields.
   *
   * @param fields by name, in alphabetical order
   * @param required names without which the object means nothing
   * @param aliases other spellings, and the names that they stand for
   * @param ignored names that are accepted with whatever they hold
   * @param unknown what becomes of all other names
   */
  record Fields(
      Map<String, Schema> fields,
      Set<String> required,
      Map<String, String> aliases,
      Set<String> ignored,
      Unknown unknown)
      implements Schema {

    @Override
    public String expected() {
      return "an object";
    }
  }
}
