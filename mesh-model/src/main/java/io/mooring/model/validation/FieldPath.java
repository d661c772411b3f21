package io.mooring.model.validation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where in an object a value is, e.g. {@code spec.endpoints[2].address}. Immutable; equal by text.
 */
public final class FieldPath {

  /** The object itself, written {@code $}. */
  public static final FieldPath ROOT = new FieldPath(null, "", -1);

  private static final int MAX_SHOWN = 80;

  private final @Nullable FieldPath parent;
  private final String name;
  private final int index;

  private FieldPath(@Nullable FieldPath parent, String name, int index) {
    this.parent = parent;
    this.name = name;
    this.index = index;
  }

  /** Returns the path of a field, or of a key of a map, of what is here. */
  public FieldPath field(String name) {
    return new FieldPath(this, requireNonNull(name, "name"), -1);
  }

  /** Returns the path of an element, counted from 0, of the list that is here. */
  public FieldPath index(int index) {
    return new FieldPath(this, "", index);
  }

  /** Returns what this is part of; empty for {@link #ROOT}. */
  public Optional<FieldPath> parent() {
    return Optional.ofNullable(parent);
  }

  /** Returns the name of the field; empty where it is an element of a list. */
  public String name() {
    return name;
  }

  /** Returns the position in the list; empty where it is a field. */
  public OptionalInt index() {
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** Returns whether this is {@code other} or lies within it. */
  public boolean isWithin(FieldPath other) {
    for (FieldPath path = this; path != null; path = path.parent) {
      if (path.equals(other)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(@Nullable Object object) {
    if (!(object instanceof FieldPath path)) {
      return false;
    }
    FieldPath one = this;
    FieldPath other = path;
    while (one != other) {
      if (one.index != other.index
          || !one.name.equals(other.name)
          || one.parent == null
          || other.parent == null) {
        return false;
      }
      one = one.parent;
      other = other.parent;
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (FieldPath path = this; path != null; path = path.parent) {
      hash = 31 * hash + path.name.hashCode() + path.index;
    }
    return hash;
  }

  /** Returns the text; keys that are no plain names are quoted: {@code labels["a.b/c"]}. */
  @Override
  public String toString() {
    Deque<FieldPath> steps = new ArrayDeque<>();
    for (FieldPath path = this; path.parent != null; path = path.parent) {
      steps.push(path);
    }
    StringBuilder text = new StringBuilder();
    for (FieldPath step : steps) {
      if (step.index >= 0) {
        text.append('[').append(step.index).append(']');
      } else if (!isPlain(step.name)) {
        text.append("[\"").append(Quoted.text(step.name, MAX_SHOWN)).append("\"]");
      } else {
        text.append(text.isEmpty() ? "" : ".").append(step.name);
      }
    }
    return text.isEmpty() ? "$" : text.toString();
  }

  private static boolean isPlain(String name) {
    if (name.isEmpty() || name.length() > MAX_SHOWN) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '-'
          || c == '_')) {
        return false;
      }
    }
    return true;
  }
}
