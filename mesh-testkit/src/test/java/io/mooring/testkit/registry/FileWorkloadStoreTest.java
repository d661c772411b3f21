package io.mooring.testkit.registry;

import io.mooring.registry.WorkloadStore;
import io.mooring.registry.file.FileWorkloadStore;
import io.mooring.registry.memory.MemoryWorkloadStore;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class FileWorkloadStoreTest implements WorkloadStoreContract {

  @TempDir Path directory;

  private WorkloadStore store = new MemoryWorkloadStore();

  @BeforeEach
  void openStore() {
    store = FileWorkloadStore.open(directory.resolve("workloads"));
  }

  @Override
  public WorkloadStore store() {
    return store;
  }
}
