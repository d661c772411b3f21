package io.mooring.testkit.registry;

import static io.mooring.testkit.registry.RegistrySourceContract.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.mooring.model.Metadata;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.WorkloadSelector;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.SourceStatus;
import io.mooring.service.Conflict;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.ServiceKey;
import io.mooring.testkit.FakeClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a registry makes of several sources, some of which fail. */
class AggregationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeClock clock = new FakeClock();
  private final FakeRegistrySource files = new FakeRegistrySource("files");
  private final FakeRegistrySource consul = new FakeRegistrySource("consul").inCluster("west");
  private final ServiceRegistry registry =
      ServiceRegistry.builder()
          .source(files)
          .source(consul)
          .clock(clock)
          .writer(Runnable::run)
          .delivery(Runnable::run)
          .syncTimeout(PATIENCE)
          .build()
          .start();

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void isNotReadyBeforeEverySourceIsSynced() {
    files.synced();
    assertThat(registry.isReady()).isFalse();
    assertThat(registry.unsyncedSources()).containsExactly("consul");
    consul.synced();
    assertThat(registry.isReady()).isTrue();
  }

  @Test
  void isReadyWithoutASourceThatIsLate() throws InterruptedException {
    files.synced();
    clock.advance(PATIENCE.minusMillis(1));
    assertThat(registry.isReady()).isFalse();
    clock.advance(Duration.ofMillis(1));
    assertThat(registry.isReady()).isTrue();
    assertThat(registry.awaitReady()).isFalse();
    assertThat(registry.isSynced()).isFalse();
    assertThat(snapshot().sources())
        .extracting(SourceStatus::name, SourceStatus::synced)
        .containsExactly(tuple("files", true), tuple("consul", false));
  }

  @Test
  void aNegativeSyncTimeoutIsRefused() {
    assertThatThrownBy(() -> ServiceRegistry.builder().syncTimeout(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.001S");
  }

  @Test
  void aSourceThatIsDownKeepsItsLastGoodStateAndIsMarkedStale() {
    consul.upsert(entry("vm", "10.0.0.1"));
    consul.synced();
    long revision = snapshot().revision();
    consul.stale("connection refused");
    SourceStatus status = snapshot().sources().get(1);
    assertThat(status.isStale()).isTrue();
    assertThat(status.synced()).isTrue();
    assertThat(status.outage().orElseThrow())
        .isEqualTo(new SourceStatus.Outage(FakeClock.START, "connection refused"));
    assertThat(snapshot().object(entry("vm", "").key())).contains(entry("vm", "10.0.0.1"));
    assertThat(snapshot().revision()).isGreaterThan(revision);
  }

  @Test
  void anOutageHasOneBeginningAndTheLastReason() {
    consul.stale("connection refused");
    clock.advance(Duration.ofSeconds(7));
    consul.stale("timed out");
    assertThat(snapshot().sources().get(1).outage())
        .contains(new SourceStatus.Outage(FakeClock.START, "timed out"));
  }

  @Test
  void aSourceThatIsBackIsStaleNoMore() {
    consul.stale("connection refused");
    consul.upsert(entry("vm", "10.0.0.2"));
    assertThat(snapshot().sources().get(1).isStale()).isTrue();
    consul.synced();
    assertThat(snapshot().sources().get(1).isStale()).isFalse();
  }

  @Test
  void listenersHearNothingOfWhatIsKnownOfSources() {
    registry.addListener(
        (snapshot, change) -> {
          throw new AssertionError("told of " + change);
        });
    files.stale("away");
    files.synced();
    assertThat(snapshot().sources().get(0).synced()).isTrue();
  }

  @Test
  void theSourceThatWasAddedFirstWinsAndTheConflictIsReported() {
    consul.upsert(entry("vm", "10.0.0.2"));
    files.upsert(entry("vm", "10.0.0.1"));
    assertThat(snapshot().object(entry("vm", "").key())).contains(entry("vm", "10.0.0.1"));
    assertThat(snapshot().conflicts())
        .containsExactly(
            new Conflict(
                Conflict.Kind.OBJECT,
                "WorkloadEntry/demo/vm",
                entry("vm", "").key(),
                entry("vm", "").key(),
                "source 'files' comes before source 'consul', which holds another version"));
    files.upsert(entry("vm", "10.0.0.2"));
    assertThat(snapshot().conflicts()).isEmpty();
  }

  @Test
  void aConflictThatChangesNoObjectIsReportedToo() {
    files.upsert(entry("vm", "10.0.0.1"));
    consul.upsert(entry("vm", "10.0.0.2"));
    assertThat(snapshot().conflicts()).hasSize(1);
    consul.delete(entry("vm", "").key());
    assertThat(snapshot().conflicts()).isEqualTo(List.of());
  }

  @Test
  void workloadsCarryTheClusterOfTheirSource() {
    files.upsert(
        ServiceEntry.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(
                ServiceEntrySpec.builder()
                    .addHosts("ratings.demo")
                    .resolution(ServiceEntrySpec.Resolution.STATIC)
                    .addPorts(ServiceEntryPort.builder().number(80).name("http").build())
                    .workloadSelector(WorkloadSelector.builder().build())
                    .build())
            .build());
    files.upsert(entry("here", "10.0.0.1"));
    consul.upsert(entry("there", "10.0.0.2"));
    assertThat(snapshot().endpoints(new ServiceKey("ratings.demo", "demo")))
        .extracting(MeshEndpoint::cluster, it -> it.labels().get("topology.istio.io/cluster"))
        .containsExactly(tuple("", null), tuple("west", "west"));
  }

  private RegistrySnapshot snapshot() {
    return registry.snapshot();
  }
}
