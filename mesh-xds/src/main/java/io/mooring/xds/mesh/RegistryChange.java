package io.mooring.xds.mesh;

import static java.util.Objects.requireNonNull;

import io.mooring.registry.ChangeSet;
import io.mooring.registry.RegistrySnapshot;

/**
 * A new state of the registry and what differs from the one before. Immutable.
 *
 * @param snapshot the new state
 * @param change what differs; may name too much, never too little
 */
public record RegistryChange(RegistrySnapshot snapshot, ChangeSet change) {

  public RegistryChange {
    requireNonNull(snapshot, "snapshot");
    requireNonNull(change, "change");
  }

  /** Returns one change that stands for both: the newer state, and all that differs. */
  RegistryChange merge(RegistryChange newer) {
    return new RegistryChange(newer.snapshot, change.merge(newer.change));
  }
}
