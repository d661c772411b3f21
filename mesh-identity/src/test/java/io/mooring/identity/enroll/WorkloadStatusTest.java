package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.identity.enroll.RegisteredWorkload.State;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.ReadinessProbe;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.registry.Versioned;
import io.mooring.service.AdminState;
import io.mooring.service.MeshWorkload;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Health, admin state and the policies: what an entry says beyond its template. */
class WorkloadStatusTest {

  private static final ConfigKey ENTRY = new ConfigKey("WorkloadEntry", "demo", "g-10.0.0.1");
  private static final TrustDomain TD = new TrustDomain("td");

  private final FakeClock clock = new FakeClock();
  private final ManualExecutor executor = new ManualExecutor(clock);
  private final FlakyWorkloadStore store = new FlakyWorkloadStore();
  private final RecordingObserver observer = new RecordingObserver();
  private WorkloadGroup group = group("ratings", true);
  private final WorkloadRegistrar registrar = builder().start();

  private WorkloadRegistrarBuilder builder() {
    WorkloadGroups groups =
        new WorkloadGroups() {
          @Override
          public Optional<WorkloadGroup> find(ConfigKey key) {
            return Optional.of(group).filter(found -> found.key().equals(key));
          }

          @Override
          public Collection<WorkloadGroup> inNamespace(String namespace) {
            return List.of(group);
          }
        };
    return WorkloadRegistrar.builder(store, groups, executor)
        .clock(clock)
        .random(new Random(1))
        .observer(observer);
  }

  private static WorkloadGroup group(String app, boolean probed) {
    WorkloadGroupSpec.Builder spec =
        WorkloadGroupSpec.builder()
            .template(WorkloadEntrySpec.builder().putLabels("app", app).build());
    if (probed) {
      spec.probe(ReadinessProbe.builder().build());
    }
    return WorkloadGroup.builder().metadata(Metadata.of("demo", "g")).spec(spec.build()).build();
  }

  private static EnrollmentRequest.Builder node() {
    return EnrollmentRequest.builder()
        .identity(SpiffeId.parse("spiffe://td/ns/demo/sa/default"))
        .namespace("demo")
        .group("g")
        .addAddresses("10.0.0.1");
  }

  private <T> T done(CompletableFuture<T> future) {
    executor.runReady();
    assertThat(future).isDone();
    return future.join();
  }

  private Registration connect() {
    return done(registrar.connect(node().build()));
  }

  private long report(Registration stream, int number, boolean healthy) {
    OptionalLong numbered = number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
    return done(stream.report(new HealthReport(numbered, healthy, healthy ? "" : "down")));
  }

  private WorkloadEntry entry() {
    return store.get(ENTRY).map(Versioned::value).orElseThrow();
  }

  private boolean getsTraffic() {
    return MeshWorkload.of(entry(), TD)
        .filter(workload -> workload.serving() && !workload.draining())
        .isPresent();
  }

  private RegisteredWorkload view() {
    List<RegisteredWorkload> views = done(registrar.workloads());
    assertThat(views).hasSize(1);
    return views.get(0);
  }

  @Test
  void memberWithAProbeGetsNoTrafficBeforeItsFirstHealthyReport() {
    Registration stream = connect();
    assertThat(view().health()).isEqualTo("unknown");
    assertThat(getsTraffic()).isFalse();
    report(stream, 1, false);
    assertThat(view().health()).isEqualTo("unhealthy");
    assertThat(view().healthMessage()).isEqualTo("down");
    assertThat(getsTraffic()).isFalse();
    report(stream, 2, true);
    assertThat(view().health()).isEqualTo("healthy");
    assertThat(getsTraffic()).isTrue();
  }

  @Test
  void memberWithoutAProbeGetsTrafficUntilItSaysOtherwise() {
    group = group("ratings", false);
    Registration stream = connect();
    assertThat(view().health()).isEqualTo("unchecked");
    assertThat(getsTraffic()).isTrue();
    report(stream, 0, false);
    assertThat(getsTraffic()).isFalse();
    group = group("v2", false);
    registrar.changed(List.of(group.key()));
    executor.runReady();
    assertThat(getsTraffic()).as("after an edit").isFalse();
  }

  @Test
  void reportThatIsOldCountsForNothingAndIsToldTheNumberThatCounts() {
    Registration stream = connect();
    assertThat(report(stream, 7, true)).isEqualTo(7);
    assertThat(report(stream, 6, false)).isEqualTo(7);
    assertThat(report(stream, 7, false)).isEqualTo(7);
    assertThat(view().health()).isEqualTo("healthy");
    assertThat(report(stream, 8, false)).isEqualTo(8);
    assertThat(view().health()).isEqualTo("unhealthy");
  }

  /** An acknowledged report must be stored, whatever an agent numbers from. */
  @Test
  void reportsMayBeNumberedFromZero() {
    Registration stream = connect();
    CompletableFuture<Long> first =
        stream.report(new HealthReport(OptionalLong.of(0), false, "down"));
    assertThat(done(first)).isZero();
    assertThat(view().health()).isEqualTo("unhealthy");
    assertThat(report(stream, 1, true)).isEqualTo(1);
    assertThat(view().health()).isEqualTo("healthy");
  }

  @Test
  void agentThatBeganAnewMayNumberFromLowerButItsOldStreamIsOld() {
    Registration before = connect();
    report(before, 1_000, true);
    Registration after = connect();
    assertThat(report(after, 1, false)).isEqualTo(1);
    assertThat(report(before, 1_001, true)).isEqualTo(1);
    assertThat(view().health()).isEqualTo("unhealthy");
  }

  @Test
  void unnumberedReportsCountInTheirOrder() {
    Registration stream = connect();
    assertThat(report(stream, 0, true)).isEqualTo(1);
    assertThat(report(stream, 0, false)).isEqualTo(2);
    assertThat(view().health()).isEqualTo("unhealthy");
  }

  @Test
  void reportThatSaysTheSameIsNotWrittenAgain() {
    Registration stream = connect();
    report(stream, 1, true);
    int writes = store.writes;
    assertThat(report(stream, 2, true)).isEqualTo(2);
    assertThat(store.writes).isEqualTo(writes);
  }

  @Test
  void reportIsNotAcknowledgedWhileTheStoreFails() {
    Registration stream = connect();
    store.failing = true;
    CompletableFuture<Long> result = stream.report(new HealthReport(OptionalLong.of(1), true, ""));
    executor.runReady();
    assertThatThrownBy(result::join)
        .hasCauseInstanceOf(EnrollmentRefusedException.class)
        .hasMessageContaining("unavailable");
    store.failing = false;
    assertThat(report(stream, 1, true)).isEqualTo(1);
    assertThat(view().health()).isEqualTo("healthy");
  }

  @Test
  void healthAndAdminStateSurviveReconnectionAndEdit() {
    Registration stream = connect();
    report(stream, 1, true);
    done(registrar.setAdminState(ENTRY, AdminState.DRAINING));
    stream.close();
    executor.advance(Duration.ofSeconds(5));
    group = group("v2", true);
    connect();
    assertThat(view().health()).isEqualTo("healthy");
    assertThat(view().adminState()).isEqualTo(AdminState.DRAINING);
    assertThat(MeshWorkload.of(entry(), TD).orElseThrow().draining()).isTrue();
    assertThat(entry().spec().labels()).containsEntry("app", "v2");
    done(registrar.setAdminState(ENTRY, AdminState.DISABLED));
    assertThat(MeshWorkload.of(entry(), TD).orElseThrow().serving()).isFalse();
    done(registrar.setAdminState(ENTRY, AdminState.ENABLED));
    assertThat(getsTraffic()).isTrue();
  }

  @Test
  void adminStateOfNobodyIsRefused() {
    CompletableFuture<Void> result = registrar.setAdminState(ENTRY, AdminState.DRAINING);
    executor.runReady();
    assertThatThrownBy(result::join)
        .hasCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("WorkloadEntry/demo/g-10.0.0.1");
  }

  @Test
  void editThatCannotBeWrittenIsShownAsDrift() {
    connect();
    group = group("v2", true);
    assertThat(view().drift()).containsExactly("labels");
    registrar.changed(List.of(group.key()));
    assertThat(view().drift()).isEmpty();
  }

  @Test
  void stateOfAVmIsShown() {
    Registration stream = connect();
    assertThat(view().state()).isEqualTo(State.CONNECTED);
    assertThat(view().holder()).startsWith("mooring-");
    assertThat(view().epoch()).isOne();
    stream.close();
    assertThat(view().state()).isEqualTo(State.LEAVING);
  }

  @Test
  void vmCannotPutItselfBehindAServiceByItsLabels() {
    done(registrar.connect(node().putLabels("app", "payments").putLabels("x", "y").build()));
    assertThat(entry().spec().labels()).containsOnlyKeys("app").containsEntry("app", "ratings");
  }

  @Test
  void labelsMayAddWhereThatIsThePolicy() {
    EnrollmentRequest request = node().putLabels("app", "payments").putLabels("x", "y").build();
    assertThat(NodeLabelPolicy.ADD.merge(EntryTemplate.labels(group), request))
        .containsEntry("app", "ratings")
        .containsEntry("x", "y");
  }

  @Test
  void vmWithAnIdKeepsItsEntryWhenItsAddressChanges() {
    EnrollmentRequest.Builder vm = node().workloadId("vm-7");
    Registration before = done(registrar.connect(vm.build()));
    Registration after =
        done(registrar.connect(vm.addresses(List.of("10.0.0.2")).network("b").build()));
    assertThat(after.entry()).isEqualTo(before.entry());
    assertThat(after.entry().name()).isEqualTo("g-vm-7");
    assertThat(view().address()).isEqualTo("10.0.0.2");
    assertThat(view().network()).isEqualTo("b");
  }

  @Test
  void equalAddressesInTwoNetworksAreTwoVms() {
    done(registrar.connect(node().network("a").build()));
    done(registrar.connect(node().network("b").build()));
    assertThat(done(registrar.workloads()))
        .extracting(view -> view.entry().name())
        .containsExactly("g-10.0.0.1-a", "g-10.0.0.1-b");
  }

  @Test
  void enforcedPeerAddressRefusesAnotherThanTheClaimedOne() throws UnknownHostException {
    registrar.close();
    executor.runReady();
    WorkloadRegistrar strict =
        builder().random(new Random(2)).peerAddresses(PeerAddressPolicy.SAME).start();
    EnrollmentRequest.Builder vm = node();
    CompletableFuture<Registration> refused =
        strict.connect(vm.peerAddress(InetAddress.getByName("10.0.0.9")).build());
    assertThatThrownBy(refused::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(EnrollmentRefusedException.class)
        .hasMessageContaining(Reason.ADDRESS_MISMATCH.toString());
    assertThatThrownBy(strict.connect(node().build())::join)
        .hasMessageContaining(Reason.ADDRESS_MISMATCH + ": INSTANCE_IPS '10.0.0.1', peer unknown");
    done(strict.connect(vm.peerAddress(InetAddress.getByName("10.0.0.1")).build()));
    assertThat(entry().spec().address()).isEqualTo("10.0.0.1");
  }
}
