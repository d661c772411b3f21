package io.mooring.registry;

import java.util.List;

/** Where a {@link RegistrySource} puts what it finds. Thread-safe; never blocks. */
@FunctionalInterface
public interface RegistrySink {

  /**
   * Takes a batch, which becomes visible as a whole or not at all.
   *
   * <p>Batches of one source apply in the order of these calls, so that a source calls from one
   * thread at a time. Within a batch the last event of a key counts.
   */
  void accept(List<RegistryEvent> batch);
}
