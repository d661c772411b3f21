package io.mooring.registry.memory;

import io.mooring.registry.Versioned;
import io.mooring.registry.VirtualIpStore;
import io.mooring.registry.VirtualIpTable;
import java.util.Optional;

/**
 * Virtual IPs that last as long as this object, which several registries may share. Thread-safe.
 */
public final class MemoryVirtualIpStore implements VirtualIpStore {

  private long version;
  private VirtualIpTable table = VirtualIpTable.EMPTY;

  /** Creates an empty store. */
  public MemoryVirtualIpStore() {}

  @Override
  public synchronized Versioned<VirtualIpTable> load() {
    return new Versioned<>(table, Long.toString(version));
  }

  @Override
  public synchronized Optional<Versioned<VirtualIpTable>> save(
      VirtualIpTable table, String expectedVersion) {
    if (!expectedVersion.equals(Long.toString(version))) {
      return Optional.empty();
    }
    version++;
    this.table = table;
    return Optional.of(load());
  }
}
