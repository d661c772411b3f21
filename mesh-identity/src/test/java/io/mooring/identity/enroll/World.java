package io.mooring.identity.enroll;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.SharedStore.Transition;
import io.mooring.model.ConfigKey;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.Versioned;
import io.mooring.registry.memory.MemoryWorkloadStore;
import io.mooring.service.AdminState;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Two replicas on one store, and VMs that come and go: the real registrars, and beside them the
 * simplest model of what must be true.
 */
final class World {

  static final Duration GRACE = WorkloadRegistrar.DEFAULT_GRACE;
  static final Duration WINDOW = GRACE.plus(WorkloadRegistrar.RETURN_ALLOWANCE);
  static final int VMS = 4;
  // Four sights in a row of one every five seconds, the first of them just before the renewal.
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(10);
  private static final ConfigKey GROUP = new ConfigKey("WorkloadGroup", "demo", "g");
  private static final SpiffeId ID = SpiffeId.parse("spiffe://td/ns/demo/sa/default");

  private final FakeClock monotonic = new FakeClock();
  private final FakeClock wall = new FakeClock();
  private final ManualExecutor executor = new ManualExecutor(monotonic);
  private final MemoryWorkloadStore store = new MemoryWorkloadStore();
  final Set<Transition> seen = EnumSet.noneOf(Transition.class); // arrows that were taken
  private final List<Replica> replicas = List.of(new Replica("r0"), new Replica("r1"));
  private final List<Vm> vms = new ArrayList<>();
  private final Releases releases = new Releases(monotonic);
  private Optional<WorkloadGroup> group = Optional.empty();
  private boolean everSilent;
  private int edits;
  private int runs;

  /** One control plane. */
  private final class Replica {
    final String name;
    final SharedStore door;
    CrashableExecutor process = new CrashableExecutor(executor);
    @Nullable WorkloadRegistrar registrar;
    boolean paused;
    Instant silentSince = Instant.EPOCH;

    Replica(String name) {
      this.name = name;
      this.door = new SharedStore(store, name, seen);
    }

    void start() {
      process = new CrashableExecutor(executor);
      door.failing = false;
      registrar =
          WorkloadRegistrar.builder(door, groups(), process.asExecutor())
              .replica(name)
              .clock(wall)
              .random(new Random(++runs))
              .observer(new RecordingObserver())
              .start();
    }

    /**
     * How long the entry of a VM stays at least whose last stream was to this replica. Others take
     * a replica for gone that is silent for long, whatever streams it has.
     */
    Instant safeUntil(Vm vm, Duration time) {
      Instant end = monotonic.instant().plus(time);
      if (!paused && !door.failing) {
        return end;
      }
      WorkloadEntry entry = entriesOf(vm).get(0);
      EntryLease lease = EntryLease.of(entry);
      Instant other;
      if (lease.released()) { // elsewhere, and this replica could not claim it
        other = releases.of(entry.key()).plus(GRACE);
      } else if (lease.holder().startsWith(name + "-")) {
        other = silentSince.plus(LEAST_PATIENCE).plus(WINDOW);
      } else { // the holder may think that it has no peer to let the entry go to
        other = silentSince.plus(GRACE);
      }
      return other.isBefore(end) ? other : end;
    }

    void silent() {
      if (works()) {
        silentSince = monotonic.instant();
        everSilent = true;
      }
    }

    WorkloadRegistrar running() {
      return Objects.requireNonNull(registrar, name);
    }

    /** What a registrar on it says can be relied upon. */
    boolean works() {
      return registrar != null && !paused && !door.failing;
    }
  }

  /** One machine. */
  private static final class Vm {
    final String id; // empty: known by address and network
    final String network;
    String address;
    final Map<Replica, List<Registration>> streams = new LinkedHashMap<>();
    Instant safeUntil = Instant.MIN; // without a stream, its entry stays at least so long
    long reports;
    @Nullable Boolean healthy;
    AdminState wanted = AdminState.ENABLED;

    Vm(String id, String network, String address) {
      this.id = id;
      this.network = network;
      this.address = address;
    }

    boolean connected() {
      return streams.values().stream().anyMatch(list -> !list.isEmpty());
    }

    EnrollmentRequest request() {
      return EnrollmentRequest.builder()
          .identity(ID)
          .namespace("demo")
          .group("g")
          .workloadId(id)
          .network(network)
          .addAddresses(address)
          .build();
    }
  }

  World() {
    vms.add(new Vm("", "", "10.0.0.1"));
    vms.add(new Vm("", "b", "10.0.0.1")); // overlaps with the first, in another network
    vms.add(new Vm("10.0.0.1-b", "", "10.0.0.3")); // its plain name is the second's
    vms.add(new Vm("mobile", "", "10.0.0.4")); // its address changes
    editGroup();
    store.start(events -> changed(releases.note(events)));
    replicas.forEach(Replica::start);
    settle();
  }

  private WorkloadGroups groups() {
    return new WorkloadGroups() {
      @Override
      public Optional<WorkloadGroup> find(ConfigKey key) {
        return group.filter(found -> key.equals(GROUP));
      }

      @Override
      public Collection<WorkloadGroup> inNamespace(String namespace) {
        throw new UnsupportedOperationException();
      }
    };
  }

  private void changed(Collection<ConfigKey> keys) {
    for (Replica replica : replicas) {
      if (replica.registrar != null) {
        replica.running().changed(keys);
      }
    }
  }

  private void settle() {
    executor.runReady();
  }

  // What happens.

  void connect(int vm, int at) {
    Replica replica = replicas.get(at);
    if (!replica.works()) {
      return;
    }
    Vm machine = vms.get(vm);
    CompletableFuture<Registration> result = replica.running().connect(machine.request());
    settle();
    assertThat(result).isDone();
    assertThat(result.isCompletedExceptionally()).isEqualTo(group.isEmpty());
    if (!result.isCompletedExceptionally()) {
      machine.streams.computeIfAbsent(replica, r -> new ArrayList<>()).add(result.join());
    }
  }

  /** The VM comes with another address; what half-open streams it had are of its past. */
  void renumber(int vm, int at) {
    Vm machine = vms.get(vm);
    if (replicas.get(at).works() && group.isPresent() && !machine.id.isEmpty()) {
      machine.address = "10.9.0." + (++edits % 250);
      connect(vm, at);
      machine
          .streams
          .keySet()
          .forEach(
              replica ->
                  end(
                      machine,
                      replica,
                      streamsOf(machine, replica) - (replica == replicas.get(at) ? 1 : 0)));
    }
  }

  private static int streamsOf(Vm vm, Replica replica) {
    return vm.streams.getOrDefault(replica, List.of()).size();
  }

  private void end(Vm vm, Replica replica, int count) {
    List<Registration> streams = vm.streams.getOrDefault(replica, new ArrayList<>());
    boolean before = group.isPresent() && vm.connected() && !entriesOf(vm).isEmpty();
    Instant safeUntil = before ? replica.safeUntil(vm, GRACE) : Instant.MIN;
    for (int i = 0; i < count; i++) {
      streams.remove(0).close();
    }
    settle();
    if (before && !vm.connected()) {
      vm.safeUntil = safeUntil;
    }
  }

  void disconnect(int vm, int at) {
    Vm machine = vms.get(vm);
    end(machine, replicas.get(at), Math.min(1, streamsOf(machine, replicas.get(at))));
  }

  /** The new stream begins before the old ones are seen to end. */
  void move(int vm, int to) {
    if (replicas.get(to).works() && group.isPresent()) {
      connect(vm, to);
      Vm machine = vms.get(vm);
      end(machine, replicas.get(1 - to), streamsOf(machine, replicas.get(1 - to)));
    }
  }

  void crashVm(int vm) {
    Vm machine = vms.get(vm);
    replicas.forEach(replica -> end(machine, replica, streamsOf(machine, replica)));
  }

  /** kill -9 of a control plane, and restart of one that is down. */
  void crashOrStart(int at, boolean gracefully) {
    Replica replica = replicas.get(at);
    if (replica.registrar == null) {
      replica.start();
    } else {
      if (gracefully && replica.works()) {
        replica.running().close();
        settle();
      }
      for (Vm vm : vms) {
        boolean before = group.isPresent() && vm.connected() && !entriesOf(vm).isEmpty();
        Instant safeUntil = before ? replica.safeUntil(vm, WINDOW) : Instant.MIN;
        vm.streams.remove(replica);
        if (before && !vm.connected()) {
          vm.safeUntil = safeUntil;
        }
      }
      replica.process.crash();
      replica.registrar = null;
      replica.paused = false;
    }
    settle();
  }

  /** SIGSTOP, and SIGCONT; its streams stay open meanwhile. */
  void pauseOrResume(int at) {
    Replica replica = replicas.get(at);
    if (replica.paused) {
      replica.process.resume();
      replica.paused = false;
    } else if (replica.registrar != null) {
      replica.silent();
      replica.process.pause();
      replica.paused = true;
    }
    settle();
  }

  void breakOrMendStore(int at) {
    Replica replica = replicas.get(at);
    replica.silent();
    replica.door.failing = !replica.door.failing;
    if (!replica.door.failing) {
      pass(Duration.ofSeconds(6)); // until it has tried again
    }
  }

  void editGroup() {
    WorkloadEntrySpec template =
        WorkloadEntrySpec.builder()
            .putLabels("edit", "e" + ++edits)
            .putPorts("http", 8000 + edits % 1000)
            .weight(edits)
            .locality("eu/z" + edits)
            .build();
    group =
        Optional.of(
            WorkloadGroup.builder()
                .metadata(Metadata.of("demo", "g"))
                .spec(WorkloadGroupSpec.builder().template(template).build())
                .build());
    changed(List.of(GROUP));
    settle();
  }

  void deleteGroup() {
    group = Optional.empty();
    replicas.forEach(replica -> replica.door.isGroupGone = true);
    vms.forEach(vm -> vm.safeUntil = Instant.MIN);
    changed(List.of(GROUP));
    settle();
    replicas.forEach(replica -> replica.door.isGroupGone = false);
  }

  /** The probe of a VM reports on one of its streams. */
  void report(int vm, int at, boolean healthy) {
    Vm machine = vms.get(vm);
    Replica replica = replicas.get(at);
    if (replica.works() && streamsOf(machine, replica) > 0) {
      long number = ++machine.reports;
      Registration stream = machine.streams.getOrDefault(replica, List.of()).get(0);
      CompletableFuture<Long> result =
          stream.report(new HealthReport(OptionalLong.of(number), healthy, healthy ? "" : "down"));
      settle();
      assertThat(result).isCompletedWithValue(number);
      machine.healthy = healthy;
    }
  }

  /** The operator says something of a VM that has an entry, or had one when last told. */
  void administer(int vm, int at, AdminState state) {
    Vm machine = vms.get(vm);
    Replica replica = replicas.get(at);
    if (replica.works()) {
      List<WorkloadEntry> stored = storedOf(machine);
      if (!stored.isEmpty()) {
        CompletableFuture<Void> said = replica.running().setAdminState(stored.get(0).key(), state);
        settle();
        assertThat(said).isCompleted();
        machine.wanted = stored.size() == 1 ? state : machine.wanted;
      }
    }
  }

  void stepClock(int seconds) {
    wall.advance(Duration.ofSeconds(seconds));
  }

  void pass(Duration time) {
    executor.advance(time);
  }

  // What must be true.

  private List<WorkloadEntry> entriesOf(Vm vm) {
    return storedOf(vm).stream().filter(entry -> !EntryStatus.isDeparted(entry)).toList();
  }

  /** Also that which only remembers what the operator said. */
  private List<WorkloadEntry> storedOf(Vm vm) {
    return store.list().stream()
        .map(Versioned::value)
        .filter(entry -> EntryKeys.idOf(entry).equals(EntryKeys.id(vm.request())))
        .toList();
  }

  /** Nobody is dropped who is alive, or has only just gone. */
  void checkSafety() {
    for (Vm vm : vms) {
      boolean served =
          vm.streams.entrySet().stream()
              .anyMatch(entry -> entry.getKey().works() && !entry.getValue().isEmpty());
      if (group.isPresent() && served) {
        assertThat(entriesOf(vm)).as("entries of %s", vm.request()).hasSize(1);
      } else if (group.isPresent()
          && !vm.connected()
          && monotonic.instant().isBefore(vm.safeUntil)) {
        assertThat(entriesOf(vm)).as("entries of %s", vm.request()).isNotEmpty();
      }
      checkHealth(vm);
      checkAdminState(vm);
    }
  }

  /** What the operator said lasts: no crash, move, edit or absence takes it back. */
  private void checkAdminState(Vm vm) {
    if (vm.wanted != AdminState.ENABLED) {
      assertThat(storedOf(vm)).as("entries of %s", vm.request()).isNotEmpty();
    }
    if (storedOf(vm).size() == 1) {
      assertThat(AdminState.of(storedOf(vm).get(0).metadata())).isEqualTo(vm.wanted);
    }
  }

  /** What a VM reported last stays known as long as its entry is there, wherever the VM goes. */
  private void checkHealth(Vm vm) {
    List<WorkloadEntry> entries = entriesOf(vm);
    if (entries.isEmpty()) {
      vm.healthy = null;
    } else if (vm.healthy != null && !everSilent) {
      assertThat(EntryStatus.health(entries.get(0)))
          .isEqualTo(vm.healthy ? "healthy" : "unhealthy");
      assertThat(EntryStatus.healthNumber(entries.get(0))).isLessThanOrEqualTo(vm.reports);
    }
  }

  /** In the end the store has the VMs that are connected, as group and VM would have them now. */
  void checkEnd() {
    replicas.forEach(
        replica -> {
          replica.door.failing = false;
          if (replica.registrar == null) {
            replica.start();
          } else if (replica.paused) {
            pauseOrResume(replicas.indexOf(replica));
          }
        });
    settle();
    executor.advance(Duration.ofMinutes(5));
    Map<String, WorkloadEntrySpec> expected = new TreeMap<>();
    group.ifPresent(
        found ->
            vms.stream()
                .filter(Vm::connected)
                .forEach(
                    vm ->
                        expected.put(
                            EntryKeys.id(vm.request()),
                            WorkloadEntrySpec.builder()
                                .from(found.spec().template())
                                .address(vm.address)
                                .network(vm.network)
                                .serviceAccount("default")
                                .build())));
    Map<String, WorkloadEntrySpec> actual = new TreeMap<>();
    vms.forEach(
        vm -> entriesOf(vm).forEach(entry -> actual.put(EntryKeys.idOf(entry), entry.spec())));
    assertThat(actual).isEqualTo(expected);
    assertThat(vms.stream().mapToInt(vm -> entriesOf(vm).size()).sum()).isEqualTo(expected.size());
    for (Replica replica : replicas) {
      CompletableFuture<List<RegisteredWorkload>> views = replica.running().workloads();
      settle();
      assertThat(views.join()).allSatisfy(view -> assertThat(view.drift()).isEmpty());
    }
    assertThat(store.leases().list()).hasSize(2);
  }

  /** When all have gone, nothing is left. */
  void checkNothingLeaks() {
    for (int vm = 0; vm < VMS; vm++) {
      crashVm(vm);
    }
    executor.advance(Duration.ofMinutes(5));
    for (int vm = 0; vm < VMS; vm++) {
      assertThat(entriesOf(vms.get(vm))).isEmpty();
      administer(vm, 0, AdminState.ENABLED);
    }
    assertThat(store.list()).isEmpty();
    replicas.forEach(replica -> replica.running().close());
    settle();
    assertThat(store.leases().list()).isEmpty();
    executor.advance(Duration.ofMinutes(1));
    assertThat(executor.pending()).isZero();
  }
}
