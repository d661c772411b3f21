package io.mooring.testkit.registry;

import io.mooring.registry.WorkloadStore;
import io.mooring.registry.memory.MemoryWorkloadStore;

class MemoryWorkloadStoreTest implements WorkloadStoreContract {

  private final WorkloadStore store = new MemoryWorkloadStore();

  @Override
  public WorkloadStore store() {
    return store;
  }
}
