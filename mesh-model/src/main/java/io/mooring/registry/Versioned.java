package io.mooring.registry;

import static java.util.Objects.requireNonNull;

/**
 * A value and the version at which a store holds it. Immutable.
 *
 * @param <T> what is stored
 * @param value the value
 * @param version the store's opaque version; compare for equality only
 */
public record Versioned<T>(T value, String version) {

  /** The version of what a store does not hold. */
  public static final String ABSENT = "";

  public Versioned {
    requireNonNull(value, "value");
    requireNonNull(version, "version");
  }
}
