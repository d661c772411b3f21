package io.mooring.registry;

/** Is told of every new snapshot. */
@FunctionalInterface
public interface RegistryListener {

  /**
   * The registry changed. Called in the order of revisions, one call at a time, on the registry's
   * delivery executor: a slow listener delays the other listeners, never the registry.
   *
   * @param snapshot the registry after the change
   * @param change what differs from the snapshot of the call before; never empty
   */
  void changed(RegistrySnapshot snapshot, ChangeSet change);
}
