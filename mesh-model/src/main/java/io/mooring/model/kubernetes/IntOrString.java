package io.mooring.model.kubernetes;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A number or a name, as Kubernetes writes target ports. Immutable. */
public sealed interface IntOrString {

  /**
   * A number.
   *
   * @param value the number
   */
  @SuppressWarnings("JavaLangClash") // Kubernetes has numbers and names here
  record Number(@JsonValue int value) implements IntOrString {}

  /**
   * A name.
   *
   * @param value the name
   */
  record Name(@JsonValue String value) implements IntOrString {}

  /** Returns the number. */
  @JsonCreator
  static IntOrString of(int value) {
    return new Number(value);
  }

  /** Returns the name. */
  @JsonCreator
  static IntOrString of(String value) {
    return new Name(value);
  }
}
