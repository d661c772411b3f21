package io.mooring.registry.file;

import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.registry.Versioned;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that writes to a store until it is killed, and says what it did, one line an operation:
 * {@code put NAME VALUE} or {@code delete NAME}, before it begins and again with {@code done} when
 * the store has acknowledged it.
 */
final class StoreWriter {

  static final int NAMES = 7;

  private StoreWriter() {}

  public static void main(String[] arguments) {
    FileWorkloadStore store = FileWorkloadStore.open(Path.of(arguments[0]));
    long value = Long.parseLong(arguments[1]);
    while (true) {
      value++;
      String name = "vm-" + value % NAMES;
      ConfigKey key = entry(name, value).key();
      Optional<Versioned<WorkloadEntry>> held = store.get(key);
      String version = held.map(Versioned::version).orElse(Versioned.ABSENT);
      if (held.isPresent() && value % 3 == 0) {
        System.out.println("begin delete " + name + " 0");
        if (!store.delete(key, version)) {
          throw new IllegalStateException("delete " + name);
        }
        System.out.println("done delete " + name + " 0");
      } else {
        System.out.println("begin put " + name + " " + value);
        if (store.put(entry(name, value), version).isEmpty()) {
          throw new IllegalStateException("put " + name);
        }
        System.out.println("done put " + name + " " + value);
      }
    }
  }

  static WorkloadEntry entry(String name, long value) {
    return WorkloadEntry.builder()
        .metadata(Metadata.of("demo", name))
        .spec(
            WorkloadEntrySpec.builder()
                .address("10.0.0.1")
                .putLabels("value", "v" + value)
                .putLabels("filler", "x".repeat(60))
                .build())
        .build();
  }
}
