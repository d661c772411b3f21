package io.mooring.testkit.registry;

import static io.mooring.testkit.registry.RegistrySourceContract.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Synced;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.registry.RegistrySource;
import io.mooring.registry.memory.MemorySource;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemorySourceTest implements RegistrySourceContract {

  private final MemorySource source = new MemorySource();

  @Override
  public RegistrySource source() {
    return source;
  }

  @Override
  public void put(WorkloadEntry entry) {
    source.put(entry);
  }

  @Override
  public void remove(WorkloadEntry entry) {
    source.delete(entry.key());
  }

  @Test
  void eventsOfOneCallAreOneBatch() {
    RecordingSink sink = new RecordingSink();
    source.start(sink);
    source.apply(
        List.of(new Upsert(entry("one", "10.0.0.1")), new Delete(entry("two", "10.0.0.2").key())));
    assertThat(sink.batches()).hasSize(2);
  }

  @Test
  void onlyTheSourceItselfSaysThatItIsSynced() {
    assertThatThrownBy(() -> source.apply(List.of(new Synced())))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
