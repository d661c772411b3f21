package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.registry.Versioned;
import io.mooring.service.AdminState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The same, where the author writes into the store that enrolment has, as in Kubernetes. */
class ManualWorkloadInStoreTest extends ManualWorkload {

  private static final Map<String, String> OWN = Map.of("team", "stars");

  @Override
  void write(WorkloadEntry entry) {
    WorkloadEntry own =
        WorkloadEntry.builder()
            .from(entry)
            .metadata(Metadata.builder().from(entry.metadata()).annotations(OWN).build())
            .build();
    String version = store.get(ENTRY).map(Versioned::version).orElse(Versioned.ABSENT);
    assertThat(store.put(own, version)).isPresent();
    executor.runReady();
  }

  private WorkloadEntry stored() {
    return store.get(ENTRY).orElseThrow().value();
  }

  @Test
  void healthIsToldInTheEntryAndTheRestStaysTheAuthors() {
    Registration stream = done(registrar.connect(node().network("n").build()));
    assertThat(endpoints()).containsExactly("10.0.0.1");
    report(stream, 1, false);
    assertThat(endpoints()).isEmpty();
    assertThat(view().health()).isEqualTo("unhealthy");
    assertThat(view().drift()).isEmpty();
    report(stream, 2, true);
    assertThat(endpoints()).containsExactly("10.0.0.1");
    assertThat(stored().spec()).isEqualTo(manual("10.0.0.1").spec());
    assertThat(stored().metadata().annotations()).containsAllEntriesOf(OWN);
    assertThat(registry.snapshot().conflicts()).isEmpty();
  }

  @Test
  void editsOfTheAuthorStandAndTheVmStaysKnown() {
    Registration stream = done(registrar.connect(node().build()));
    write(manual("10.0.0.2"));
    assertThat(endpoints()).containsExactly("10.0.0.2");
    assertThat(view().streams()).isOne();
    report(stream, 1, false);
    assertThat(endpoints()).isEmpty();
    assertThat(stored().spec()).isEqualTo(manual("10.0.0.2").spec());
  }

  @Test
  void entryOfAVmThatHasGoneIsAsTheAuthorWroteIt() {
    WorkloadEntry written = stored();
    Registration stream = done(registrar.connect(node().healthChecked(true).build()));
    report(stream, 1, false);
    stream.close();
    executor.advance(WorkloadRegistrar.DEFAULT_GRACE.minusMillis(1));
    assertThat(endpoints()).isEmpty();
    executor.advance(WorkloadRegistrar.DEFAULT_GRACE);
    assertThat(stored()).isEqualTo(written);
    assertThat(endpoints()).containsExactly("10.0.0.1");
  }

  @Test
  void entryOfAVmThatDiedWithItsControlPlaneIsGivenBack() {
    WorkloadEntry written = stored();
    report(done(registrar.connect(node().build())), 1, false);
    store.leases().list().forEach(l -> store.leases().delete(l.value().holder(), l.version()));
    registrar.close();
    executor.runReady();
    registrar =
        WorkloadRegistrar.builder(store, WorkloadGroups.of(registry::snapshot), executor)
            .observer(new RecordingObserver())
            .start();
    executor.advance(Duration.ofMinutes(2));
    assertThat(stored()).isEqualTo(written);
  }

  @Test
  void entryThatItsAuthorDeletesIsNotMadeAnew() {
    done(registrar.connect(node().build()));
    assertThat(store.delete(ENTRY, store.get(ENTRY).orElseThrow().version())).isTrue();
    executor.advance(Duration.ofMinutes(1));
    assertThat(store.list()).isEmpty();
    assertThat(view().refusal()).isEqualTo(Reason.UNKNOWN_ENTRY.toString());
  }

  @Test
  void operatorsMayDrainAndDisableItWhetherItIsConnectedOrNot() {
    done(registrar.setAdminState(ENTRY, AdminState.DRAINING));
    assertThat(endpoints()).containsExactly("10.0.0.1 draining");
    Registration stream = done(registrar.connect(node().build()));
    assertThat(view().adminState()).isEqualTo(AdminState.DRAINING);
    stream.close();
    executor.advance(WorkloadRegistrar.DEFAULT_GRACE);
    assertThat(endpoints()).containsExactly("10.0.0.1 draining");
    done(registrar.setAdminState(ENTRY, AdminState.ENABLED));
    assertThat(endpoints()).containsExactly("10.0.0.1");
    assertThat(stored().metadata().annotations()).isEqualTo(OWN);
  }

  @Test
  void vmOfAGroupThatWouldHaveItsNameIsRefusedAndToldWhatToDo() {
    files.put(
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "v"))
            .spec(
                WorkloadGroupSpec.builder()
                    .template(WorkloadEntrySpec.builder().serviceAccount("ratings").build())
                    .build())
            .build());
    EnrollmentRequest request = node().manual(false).group("v").workloadId("m").build();
    WorkloadEntry other =
        WorkloadEntry.builder()
            .from(manual("10.0.0.1"))
            .metadata(Metadata.of("demo", "v-m"))
            .build();
    store.put(other, Versioned.ABSENT);
    CompletableFuture<Registration> result = registrar.connect(request);
    executor.runReady();
    assertThatThrownBy(result::join)
        .hasCauseInstanceOf(EnrollmentRefusedException.class)
        .hasMessageContaining("entry-taken")
        .hasMessageContaining("WorkloadEntry/demo/v-m was written by somebody")
        .hasMessageContaining("WORKLOAD_ENTRY 'v-m'");
    assertThat(store.get(other.key()).orElseThrow().value()).isEqualTo(other);
  }
}
