package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.EnrollmentRefusedException.Reason;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.Versioned;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadRegistrarTest {

  private static final SpiffeId ID = SpiffeId.parse("spiffe://td/ns/demo/sa/ratings");
  private static final ConfigKey ENTRY = new ConfigKey("WorkloadEntry", "demo", "ratings-10.0.0.1");
  private static final ConfigKey GROUP = new ConfigKey("WorkloadGroup", "demo", "ratings");
  private static final String HOLDER = "mooring-bb1ad57319b89cd8"; // by the first random number
  private static final Duration GRACE = WorkloadRegistrar.DEFAULT_GRACE;
  private static final Duration WINDOW = GRACE.plus(WorkloadRegistrar.RETURN_ALLOWANCE);

  private final ManualExecutor executor = new ManualExecutor(new FakeClock());
  private final FlakyWorkloadStore store = new FlakyWorkloadStore();
  private final Map<ConfigKey, WorkloadGroup> groupsByKey = new TreeMap<>();
  private final RecordingObserver observer = new RecordingObserver();
  private final List<String> events = observer.events;
  private CrashableExecutor process = new CrashableExecutor(executor);
  private int runs;
  private WorkloadRegistrar registrar;

  @BeforeEach
  void start() {
    group("ratings", Map.of("app", "ratings"), Map.of());
    registrar = restart();
  }

  /** As after kill -9 of a process with a store of its own: its leases have ended with it. */
  private WorkloadRegistrar restart() {
    process.crash();
    store.leases().list().forEach(l -> store.leases().delete(l.value().holder(), l.version()));
    process = new CrashableExecutor(executor);
    WorkloadRegistrar started =
        WorkloadRegistrar.builder(store, groups(), process.asExecutor())
            .random(new Random(++runs))
            .nodeLabels(NodeLabelPolicy.OVERRIDE)
            .observer(observer)
            .start();
    executor.runReady();
    return started;
  }

  private void group(String account, Map<String, String> template, Map<String, String> labels) {
    WorkloadGroup group =
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(
                WorkloadGroupSpec.builder()
                    .metadata(
                        WorkloadGroupMetadata.builder()
                            .labels(labels)
                            .putAnnotations("team", "stars")
                            .putAnnotations("istio.io/autoRegistrationGroup", "other")
                            .build())
                    .template(
                        WorkloadEntrySpec.builder()
                            .labels(template)
                            .putPorts("http", 9080)
                            .network("group-net")
                            .locality("eu/eu-1")
                            .weight(7)
                            .serviceAccount(account)
                            .build())
                    .build())
            .build();
    groupsByKey.put(group.key(), group);
  }

  private WorkloadGroups groups() {
    return new WorkloadGroups() {
      @Override
      public Optional<WorkloadGroup> find(ConfigKey key) {
        return Optional.ofNullable(groupsByKey.get(key));
      }

      @Override
      public Collection<WorkloadGroup> inNamespace(String namespace) {
        throw new UnsupportedOperationException();
      }
    };
  }

  private static EnrollmentRequest.Builder node() {
    return EnrollmentRequest.builder()
        .identity(ID)
        .namespace("demo")
        .group("ratings")
        .serviceAccount("ratings")
        .addAddresses("10.0.0.1", "fd00::1");
  }

  private Registration connect(EnrollmentRequest request) {
    CompletableFuture<Registration> result = registrar.connect(request);
    executor.runReady();
    assertThat(result).isDone();
    try {
      return result.join();
    } catch (CompletionException e) {
      throw (EnrollmentRefusedException) e.getCause();
    }
  }

  private void disconnect(Registration registration) {
    registration.close();
    executor.runReady();
  }

  private Optional<WorkloadEntry> entry() {
    return store.get(ENTRY).map(Versioned::value);
  }

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
  void executorThatIsShutDownRefusesInsteadOfHanging() {
    executor.shutdown();
    assertThat(registrar.connect(node().build())).isCompletedExceptionally();
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
