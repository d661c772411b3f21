package io.mooring.model.codec;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigObject;

/**
 * An object and where its document begins. Immutable.
 *
 * @param object the object
 * @param line line of its first key, from 1
 * @param column column of its first key, from 1
 */
public record LocatedObject(ConfigObject object, int line, int column) {

  public LocatedObject {
    requireNonNull(object, "object");
  }
}
