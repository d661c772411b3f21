package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.validation.ConfigValidator;
import io.mooring.registry.Versioned;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadRegistrarTest extends OneRegistrar {

  @Test
  void entryIsTheTemplateWithTheNodesAddressAndTheGroupsName() {
    Registration registration = connect(node().build());
    assertThat(registration.entry()).isEqualTo(ENTRY);
    WorkloadEntry entry = entry().orElseThrow();
    assertThat(entry.spec())
        .isEqualTo(
            WorkloadEntrySpec.builder()
                .address("10.0.0.1")
                .putLabels("app", "ratings")
                .putPorts("http", 9080)
                .network("group-net")
                .locality("eu/eu-1")
                .weight(7)
                .serviceAccount("ratings")
                .build());
    assertThat(entry.metadata().labels()).isEqualTo(entry.spec().labels());
    assertThat(entry.metadata().annotations())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "team", "stars",
                "istio.io/autoRegistrationGroup", "ratings",
                "istio.io/workloadController", HOLDER,
                "mooring.io/epoch", "1",
                "mooring.io/workload-id", "10.0.0.1"));
    assertThat(events).containsExactly("registered ratings-10.0.0.1");
  }

  @Test
  void nodesNetworkAndLocalityOverrideTheGroups() {
    Registration registration = connect(node().network("node-net").locality("us/us-1/a").build());
    assertThat(registration.entry().name()).isEqualTo("ratings-10.0.0.1-node-net");
    WorkloadEntrySpec spec = store.get(registration.entry()).orElseThrow().value().spec();
    assertThat(spec.network()).isEqualTo("node-net");
    assertThat(spec.locality()).isEqualTo("us/us-1/a");
  }

  @Test
  void labelsOfTheTemplateTheGroupAndTheNodeCountInThisOrder() {
    group(
        "ratings",
        Map.of("a", "template", "b", "template", "c", "template"),
        Map.of("b", "group", "c", "group", "istio-locality", "x"));
    connect(node().putLabels("c", "node").putLabels("d", "node").build());
    assertThat(entry().orElseThrow().spec().labels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("a", "template", "b", "group", "c", "node", "d", "node"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fd00::1", "FD00::1", "fd00::"})
  void ipv6MakesANameThatIsAllowed(String address) {
    Registration registration = connect(node().addresses(List.of(address)).build());
    assertThat(registration.entry().name())
        .matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
        .startsWith("ratings-fd00--");
  }

  /** What the node may say must make a name that Kubernetes takes. */
  @ParameterizedTest
  @ValueSource(strings = {"a..b", "a.-b", "a-.b", "A_.b", "a.__.b", "x_y"})
  void everyWorkloadIdMakesANameThatIsAllowed(String id) {
    assertAllowed(connect(node().workloadId(id).build()));
  }

  @Test
  void theLongestIdsAndNetworksMakeNamesThatAreAllowed() {
    assertAllowed(connect(node().workloadId("x".repeat(63)).build()));
    assertAllowed(connect(node().network("n".repeat(63)).build()));
  }

  private void assertAllowed(Registration registration) {
    WorkloadEntry entry = store.get(registration.entry()).orElseThrow().value();
    assertThat(ConfigValidator.validate(entry)).isEmpty();
  }

  @Test
  void longNamesKeepTheGroupInFrontAndStayApart() {
    String group = "g".repeat(250);
    EnrollmentRequest one = node().group(group).build();
    EnrollmentRequest two = node().group(group).addresses(List.of("10.0.0.2")).build();
    assertThat(EntryKeys.candidates(one).get(0).name()).hasSize(253).startsWith("g".repeat(200));
    assertThat(EntryKeys.candidates(one).get(0)).isNotEqualTo(EntryKeys.candidates(two).get(0));
  }

  @Test
  void entryGoesAfterTheGracePeriod() {
    disconnect(connect(node().build()));
    executor.advance(GRACE.minusMillis(1));
    assertThat(entry()).isPresent();
    executor.advance(Duration.ofMillis(1));
    assertThat(entry()).isEmpty();
    assertThat(events).endsWith("removed ratings-10.0.0.1: disconnected");
  }

  @Test
  void vmThatComesBackInTimeNeverLosesItsEntry() {
    disconnect(connect(node().build()));
    executor.advance(GRACE.minusMillis(1));
    int writes = store.writes;
    connect(node().build());
    executor.advance(Duration.ofHours(1));
    assertThat(entry()).isPresent();
    assertThat(store.writes).as("an equal entry is not written again").isEqualTo(writes);
    assertThat(events).containsExactly("registered ratings-10.0.0.1");
  }

  @Test
  void vmThatComesBackLateIsRegisteredAnew() {
    disconnect(connect(node().build()));
    executor.advance(GRACE);
    connect(node().build());
    assertThat(entry()).isPresent();
    assertThat(events)
        .containsExactly(
            "registered ratings-10.0.0.1",
            "removed ratings-10.0.0.1: disconnected",
            "registered ratings-10.0.0.1");
  }

  @Test
  void severalStreamsOfOneVmCountAsOneThatEndsWithTheLast() {
    Registration first = connect(node().build());
    Registration second = connect(node().build());
    disconnect(first);
    disconnect(first);
    executor.advance(Duration.ofHours(1));
    assertThat(entry()).isPresent();
    disconnect(second);
    executor.advance(GRACE);
    assertThat(entry()).isEmpty();
  }

  @Test
  void callerThatHasGoneMeanwhileLeavesNoEntryForEver() {
    CompletableFuture<Registration> result = registrar.connect(node().build());
    result.cancel(false);
    executor.advance(GRACE);
    assertThat(entry()).isEmpty();
  }

  @Test
  void entriesOfAFormerRunStayForTheStartUpGrace() {
    connect(node().build());
    connect(node().addresses(List.of("10.0.0.2")).build());
    registrar = restart(); // kill -9: nothing was closed
    events.clear();
    executor.advance(WINDOW.minusMillis(1));
    assertThat(store.list()).hasSize(2);
    connect(node().build());
    executor.advance(WINDOW.minusMillis(1));
    assertThat(store.list()).as("one came back, so the others may be on their way").hasSize(2);
    executor.advance(Duration.ofMillis(1));
    assertThat(store.list()).hasSize(1);
    assertThat(entry()).as("the one that came back").isPresent();
    assertThat(events)
        .containsExactly("removed ratings-10.0.0.2: not back after its control plane had gone");
  }

  @Test
  void manualEntriesInTheStoreAreLeftAloneAtStart() {
    WorkloadEntry manual = WorkloadEntry.builder().metadata(Metadata.of("demo", "mine")).build();
    store.put(manual, Versioned.ABSENT);
    registrar = restart();
    executor.advance(Duration.ofHours(1));
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void closingKeepsEntriesForTheNextRun() {
    Registration registration = connect(node().build());
    registrar.close();
    disconnect(registration);
    registrar.close();
    executor.advance(Duration.ofHours(1));
    assertThat(entry()).isPresent();
    assertThatThrownBy(() -> connect(node().build()))
        .isInstanceOfSatisfying(
            EnrollmentRefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  @Test
  void editOfTheGroupReachesItsMembersButNotTheirOwnLabels() {
    connect(
        node()
            .putLabels("app", "ratings")
            .putLabels("zone", "mine")
            .putTemplateLabels("app", "ratings")
            .build());
    group("ratings", Map.of("app", "ratings-v2", "zone", "theirs"), Map.of());
    registrar.changed(List.of(GROUP, new ConfigKey("Service", "demo", "x")));
    executor.runReady();
    assertThat(entry().orElseThrow().spec().labels())
        .containsExactlyInAnyOrderEntriesOf(Map.of("app", "ratings-v2", "zone", "mine"));
  }

  @Test
  void groupThatIsDeletedTakesItsEntriesAlongAndGivesThemBack() {
    connect(node().build());
    WorkloadGroup group = groupsByKey.remove(GROUP);
    registrar.changed(List.of(GROUP));
    executor.runReady();
    assertThat(entry()).isEmpty();
    groupsByKey.put(GROUP, group);
    registrar.changed(List.of(GROUP));
    executor.runReady();
    assertThat(entry()).isPresent();
    assertThat(events)
        .containsExactly(
            "registered ratings-10.0.0.1",
            "removed ratings-10.0.0.1: unknown-group",
            "registered ratings-10.0.0.1");
  }

  @Test
  void memberWhoseGroupGetsAnotherIdentityLosesItsEntry() {
    connect(node().build());
    group("admin", Map.of(), Map.of());
    registrar.changed(List.of(GROUP));
    executor.runReady();
    assertThat(entry()).isEmpty();
  }

  @Test
  void removalIsTriedAgainWhileTheStoreFails() {
    disconnect(connect(node().build()));
    store.failing = true;
    executor.advance(GRACE.plusSeconds(3));
    store.failing = false;
    assertThat(entry()).isPresent();
    executor.advance(Duration.ofSeconds(1));
    assertThat(entry()).isEmpty();
  }

  @Test
  void editIsTriedAgainWhileTheStoreFails() {
    connect(node().build());
    group("ratings", Map.of("app", "ratings-v2"), Map.of());
    store.failing = true;
    registrar.changed(List.of(GROUP));
    executor.advance(Duration.ofSeconds(3));
    store.failing = false;
    executor.advance(Duration.ofSeconds(1));
    assertThat(entry().orElseThrow().spec().labels()).containsEntry("app", "ratings-v2");
  }

  @Test
  void writeThatAnotherReplicaOvertookIsDoneAgain() {
    store.conflicts = 3;
    connect(node().build());
    assertThat(entry()).isPresent();
    disconnect(connect(node().build()));
    store.conflicts = 10;
    group("ratings", Map.of("app", "v2"), Map.of());
    assertThatThrownBy(() -> connect(node().build()))
        .isInstanceOf(EnrollmentRefusedException.class);
  }

  @Test
  void entryThatSomebodyElseReplacedIsNeverRemoved() {
    Registration registration = connect(node().build());
    WorkloadEntry manual =
        WorkloadEntry.builder().metadata(Metadata.of("demo", ENTRY.name())).build();
    store.put(manual, store.get(ENTRY).orElseThrow().version());
    group("ratings", Map.of("app", "v2"), Map.of());
    registrar.changed(List.of(GROUP));
    disconnect(registration);
    executor.advance(GRACE);
    assertThat(entry()).contains(manual);
  }
}
