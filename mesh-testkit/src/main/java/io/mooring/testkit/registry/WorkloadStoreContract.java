package io.mooring.testkit.registry;

import static io.mooring.testkit.registry.RegistrySourceContract.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.Condition;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.LeaseStore;
import io.mooring.registry.ReplicaLease;
import io.mooring.registry.Versioned;
import io.mooring.registry.WorkloadStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every {@link WorkloadStore} does, beyond being a source of what it holds. */
public interface WorkloadStoreContract extends RegistrySourceContract {

  /** Returns the store under test, the same one throughout a test. */
  WorkloadStore store() throws Exception;

  @Override
  default WorkloadStore source() throws Exception {
    return store();
  }

  @Override
  default void put(WorkloadEntry entry) throws Exception {
    String version = store().get(entry.key()).map(Versioned::version).orElse(Versioned.ABSENT);
    assertThat(store().put(entry, version)).isPresent();
  }

  @Override
  default void remove(WorkloadEntry entry) throws Exception {
    assertThat(store().delete(entry.key(), store().get(entry.key()).orElseThrow().version()))
        .isTrue();
  }

  @Test
  default void whatWasPutCanBeReadAtItsVersion() throws Exception {
    Versioned<WorkloadEntry> written =
        store().put(entry("one", "10.0.0.1"), Versioned.ABSENT).orElseThrow();
    assertThat(written.value()).isEqualTo(entry("one", "10.0.0.1"));
    assertThat(store().get(written.value().key())).contains(written);
    assertThat(store().get(entry("two", "10.0.0.2").key())).isEmpty();
  }

  @Test
  default void everyWriteMakesANewVersion() throws Exception {
    Versioned<WorkloadEntry> first =
        store().put(entry("one", "10.0.0.1"), Versioned.ABSENT).orElseThrow();
    Versioned<WorkloadEntry> second =
        store().put(entry("one", "10.0.0.1"), first.version()).orElseThrow();
    assertThat(second.version()).isNotEqualTo(first.version()).isNotEqualTo(Versioned.ABSENT);
  }

  @Test
  default void creatingWhatExistsWritesNothing() throws Exception {
    put(entry("one", "10.0.0.1"));
    assertThat(store().put(entry("one", "10.0.0.2"), Versioned.ABSENT)).isEmpty();
    assertThat(store().list())
        .extracting(Versioned::value)
        .containsExactly(entry("one", "10.0.0.1"));
  }

  @Test
  default void aWriteWithAnOldVersionWritesNothing() throws Exception {
    Versioned<WorkloadEntry> first =
        store().put(entry("one", "10.0.0.1"), Versioned.ABSENT).orElseThrow();
    put(entry("one", "10.0.0.2"));
    assertThat(store().put(entry("one", "10.0.0.3"), first.version())).isEmpty();
    assertThat(store().delete(first.value().key(), first.version())).isFalse();
    assertThat(store().list())
        .extracting(Versioned::value)
        .containsExactly(entry("one", "10.0.0.2"));
  }

  @Test
  default void aVersionOfADeletedEntryIsOfNoUse() throws Exception {
    Versioned<WorkloadEntry> first =
        store().put(entry("one", "10.0.0.1"), Versioned.ABSENT).orElseThrow();
    remove(first.value());
    assertThat(store().put(entry("one", "10.0.0.2"), first.version())).isEmpty();
    assertThat(store().delete(first.value().key(), first.version())).isFalse();
    put(entry("one", "10.0.0.1"));
    assertThat(store().put(entry("one", "10.0.0.2"), first.version())).isEmpty();
  }

  @Test
  default void deletingWhatIsNotThereDeletesNothing() throws Exception {
    assertThat(store().delete(entry("one", "10.0.0.1").key(), Versioned.ABSENT)).isFalse();
  }

  @Test
  default void entriesAreListedInTheOrderOfTheirKeys() throws Exception {
    put(entry("two", "10.0.0.2"));
    put(entry("one", "10.0.0.1"));
    assertThat(store().list())
        .extracting(versioned -> versioned.value().metadata().name())
        .containsExactly("one", "two");
  }

  @Test
  default void ofManyThatCreateOneEntryAtOnceOneDoes() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String address = "10.0.0." + i;
        writers.add(() -> store().put(entry("one", address), Versioned.ABSENT).isPresent());
      }
      int created = 0;
      for (Future<Boolean> writer : pool.invokeAll(writers)) {
        created += writer.get() ? 1 : 0;
      }
      assertThat(created).isEqualTo(1);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  default void aLeaseIsTakenOnceAndRenewedByItsVersion() throws Exception {
    LeaseStore leases = store().leases();
    ReplicaLease lease = new ReplicaLease("a-1", 0);
    Versioned<ReplicaLease> taken = leases.put(lease, Versioned.ABSENT).orElseThrow();
    assertThat(leases.put(lease, Versioned.ABSENT)).isEmpty();
    Versioned<ReplicaLease> renewed = leases.put(lease.renewed(), taken.version()).orElseThrow();
    assertThat(renewed.version()).isNotEqualTo(taken.version());
    assertThat(leases.put(lease.renewed(), taken.version())).isEmpty();
    assertThat(store().leases().list()).containsExactly(renewed);
  }

  @Test
  default void aLeaseThatWasEndedCannotBeRenewed() throws Exception {
    LeaseStore leases = store().leases();
    ReplicaLease lease = new ReplicaLease("a-1", 0);
    Versioned<ReplicaLease> taken = leases.put(lease, Versioned.ABSENT).orElseThrow();
    leases.put(new ReplicaLease("b-1", 0), Versioned.ABSENT);
    assertThat(leases.delete("a-1", "of another")).isFalse();
    assertThat(leases.delete("a-1", taken.version())).isTrue();
    assertThat(leases.delete("a-1", taken.version())).isFalse();
    assertThat(leases.put(lease.renewed(), taken.version())).isEmpty();
    assertThat(leases.list()).extracting(held -> held.value().holder()).containsExactly("b-1");
  }

  @Test
  default void leasesAreNoObjectsOfTheSource() throws Exception {
    store().leases().put(new ReplicaLease("a-1", 0), Versioned.ABSENT);
    assertThat(store().list()).isEmpty();
  }

  @Test
  default void annotationsAndStatusAreKept() throws Exception {
    WorkloadEntry full =
        WorkloadEntry.builder()
            .from(entry("one", "10.0.0.1"))
            .metadata(
                Metadata.builder()
                    .from(entry("one", "10.0.0.1").metadata())
                    .putAnnotations("mooring.io/epoch", "7")
                    .build())
            .status(
                Status.builder()
                    .addConditions(Condition.builder().type("Healthy").status("True").build())
                    .build())
            .build();
    put(full);
    assertThat(store().get(full.key()).orElseThrow().value()).isEqualTo(full);
  }
}
