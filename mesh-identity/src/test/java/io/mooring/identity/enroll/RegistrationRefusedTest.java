package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.ReplicaLease;
import io.mooring.registry.Versioned;
import io.mooring.registry.file.FileWorkloadStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is refused, why, and that nothing is left of it. */
class RegistrationRefusedTest extends OneRegistrar {

  private void assertRefused(Reason reason, EnrollmentRequest request) {
    assertThatThrownBy(() -> connect(request))
        .isInstanceOfSatisfying(
            EnrollmentRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(store.list()).isEmpty();
    assertThat(events.get(events.size() - 1)).isEqualTo("refused: " + reason);
    executor.advance(Duration.ofHours(1));
    assertThat(executor.pending()).as("refusals leave nothing behind").isEqualTo(1);
  }

  @Test
  void unknownGroupIsRefused() {
    assertRefused(Reason.UNKNOWN_GROUP, node().group("reviews").build());
  }

  @Test
  void namespaceOfAnotherIsRefused() {
    assertRefused(Reason.NAMESPACE_MISMATCH, node().namespace("prod").build());
    assertRefused(
        Reason.NAMESPACE_MISMATCH,
        node().identity(SpiffeId.parse("spiffe://td/ns/prod/sa/ratings")).build());
  }

  @Test
  void accountThatIsNotTheCertificatesIsRefused() {
    assertRefused(Reason.SERVICE_ACCOUNT_MISMATCH, node().serviceAccount("admin").build());
  }

  @Test
  void certificateOfAnotherAccountIsRefused() {
    SpiffeId other = SpiffeId.parse("spiffe://td/ns/demo/sa/reviews");
    assertRefused(Reason.IDENTITY_MISMATCH, node().identity(other).serviceAccount("").build());
  }

  /** Istio lets every account of the namespace into a group that names none. */
  @Test
  void groupWithoutAccountIsForTheDefaultAccountOnly() {
    group("", Map.of(), Map.of());
    assertRefused(Reason.IDENTITY_MISMATCH, node().build());
    SpiffeId account = SpiffeId.parse("spiffe://td/ns/demo/sa/default");
    connect(node().identity(account).serviceAccount("").build());
    assertThat(entry().orElseThrow().spec().serviceAccount()).isEqualTo("default");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"spiffe://td/vm", "spiffe://td/ns/demo/sa/ratings/x", "spiffe://td/sa/demo/ns/a"})
  void identityThatIsNoAccountOfANamespaceIsRefused(String id) {
    assertRefused(Reason.IDENTITY_MISMATCH, node().identity(SpiffeId.parse(id)).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "vm.example.org", "0.0.0.0", "::", "224.0.0.1", "10.0.0", "../x"})
  void addressThatNamesNoMachineIsRefused(String address) {
    assertRefused(Reason.INVALID_ADDRESS, node().addresses(List.of(address)).build());
  }

  @Test
  void nodeWithoutAddressIsRefused() {
    assertRefused(Reason.INVALID_ADDRESS, node().addresses(List.of()).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/b", "-a", "a b", "a\nb"})
  void networkThatCannotBePartOfANameIsRefused(String network) {
    assertRefused(Reason.INVALID_NETWORK, node().network(network).build());
  }

  @Test
  void labelsThatAreNoneAreRefused() {
    assertRefused(Reason.INVALID_LABELS, node().putLabels("a b", "x").build());
    assertRefused(Reason.INVALID_LABELS, node().putLabels("app", "x\ny").build());
    assertRefused(Reason.INVALID_LABELS, node().putLabels("app", "x".repeat(64)).build());
    EnrollmentRequest.Builder many = node();
    for (int i = 0; i < 129; i++) {
      many.putLabels("l" + i, "x");
    }
    assertRefused(Reason.INVALID_LABELS, many.build());
  }

  @Test
  void storeThatFailsRefusesAndLeavesNothing() {
    store.failing = true;
    assertThatThrownBy(() -> connect(node().build()))
        .isInstanceOfSatisfying(
            EnrollmentRefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    store.failing = false;
    assertThat(store.list()).isEmpty();
    connect(node().build());
    assertThat(entry()).isPresent();
  }

  /** A driver's own exceptions must not leave a VM without an answer, nor end the lease. */
  @Test
  void storeThatBreaksItsContractRefusesAndIsUsedAgainWhenItWorks() {
    Versioned<ReplicaLease> before = store.leases().list().get(0);
    store.broken = new IllegalStateException("the driver is closed");
    assertThatThrownBy(() -> connect(node().build()))
        .isInstanceOfSatisfying(
            EnrollmentRefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    executor.advance(Duration.ofMinutes(1));
    store.broken = null;
    executor.advance(Duration.ofSeconds(5));
    assertThat(store.leases().list().get(0).version()).isNotEqualTo(before.version());
    assertThat(events).containsOnlyOnce("store failing: the lease");
    connect(node().build());
    assertThat(entry()).isPresent();
  }

  @Test
  void entryThatTheStoreCannotHoldIsRefusedWithItsReason(@TempDir Path directory) {
    try (FileWorkloadStore files = FileWorkloadStore.open(directory)) {
      WorkloadRegistrar onDisk =
          WorkloadRegistrar.builder(files, groups(), process.asExecutor())
              .observer(observer)
              .start();
      CompletableFuture<Registration> result =
          onDisk.connect(node().locality("x".repeat(3000)).build());
      executor.runReady();
      assertThatThrownBy(result::join)
          .hasCauseInstanceOf(EnrollmentRefusedException.class)
          .hasMessageContaining("invalid-entry")
          .hasMessageContaining("spec.locality");
      assertThat(files.list()).isEmpty();
    }
  }

  @Test
  void negativeGraceIsRefused() {
    assertThatThrownBy(
            () -> WorkloadRegistrar.builder(store, groups(), executor).grace(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.001S");
  }

  @Test
  void entryThatIsNotTheGroupsIsNeverTakenOver() {
    WorkloadEntry manual =
        WorkloadEntry.builder().metadata(Metadata.of("demo", ENTRY.name())).build();
    store.put(manual, Versioned.ABSENT);
    assertThatThrownBy(() -> connect(node().build()))
        .isInstanceOfSatisfying(
            EnrollmentRefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.ENTRY_TAKEN));
    executor.advance(Duration.ofHours(1));
    assertThat(entry()).contains(manual);
  }

  @Test
  void executorThatIsShutDownRefusesInsteadOfHanging() {
    executor.shutdown();
    assertThat(registrar.connect(node().build())).isCompletedExceptionally();
  }
}
