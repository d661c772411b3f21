package io.mooring.registry;

import io.mooring.model.ConfigKey;
import org.jspecify.annotations.Nullable;

/**
 * That the object of a slot came, changed or went. Immutable.
 *
 * @param older what was there
 * @param newer what is there now
 */
record ObjectChange(Slot slot, @Nullable AcceptedObject older, @Nullable AcceptedObject newer) {

  ConfigKey key() {
    return slot.key();
  }
}
