package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.Metadata;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.ServiceEntryStatus;
import io.mooring.registry.memory.MemorySource;
import io.mooring.registry.memory.MemoryVirtualIpStore;
import io.mooring.service.IpAddress;
import io.mooring.service.MeshService;
import io.mooring.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class VirtualIpPropertyTest {

  /** So few that hosts collide all the time: 1 to 62. */
  private static final VirtualIpPool POOL =
      new VirtualIpPool("240.240.0.0/26", "2001:2::/122", Duration.ofMinutes(1));

  /** What happens: entries come, change and go, time passes, the process ends and starts again. */
  private record Step(ServiceEntry entry, Action action) {}

  private enum Action {
    PUT,
    DELETE,
    WAIT,
    RESTART
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            entries(),
            Arbitraries.of(
                Action.PUT, Action.PUT, Action.PUT, Action.DELETE, Action.WAIT, Action.RESTART))
        .as(Step::new)
        .list()
        .ofMaxSize(30);
  }

  @Provide
  Arbitrary<List<ServiceEntry>> meshes() {
    return entries().list().ofMaxSize(12);
  }

  private static Arbitrary<ServiceEntry> entries() {
    Arbitrary<String> manual =
        Arbitraries.of("", "", "", "240.240.0.1", "240.240.0.8/30", "2001:2::5", "10.0.0.1");
    Arbitrary<String> recorded = Arbitraries.of("", "", "240.240.0.1", "240.240.0.9", "10.1.0.1");
    return Combinators.combine(
            Arbitraries.of("e1", "e2", "e3", "e4"),
            Arbitraries.of("a.test", "b.test", "c.test", "d.test", "*.e.test"),
            manual,
            recorded,
            Arbitraries.of(Resolution.STATIC, Resolution.DNS, Resolution.NONE),
            Arbitraries.of(1, 2))
        .as(VirtualIpPropertyTest::entry);
  }

  private static ServiceEntry entry(
      String name, String host, String manual, String recorded, Resolution resolution, int age) {
    ServiceEntry entry =
        VirtualIpAllocatorTest.entry(
            name,
            host,
            spec ->
                spec.resolution(resolution)
                    .addresses(manual.isEmpty() ? List.of() : List.of(manual)));
    return ServiceEntry.builder()
        .from(entry)
        .metadata(
            Metadata.builder()
                .from(entry.metadata())
                .creationTimestamp(Instant.ofEpochSecond(age))
                .build())
        .status(
            ServiceEntryStatus.builder()
                .addresses(
                    recorded.isEmpty()
                        ? List.of()
                        : List.of(
                            ServiceEntryStatus.Address.builder()
                                .host(host)
                                .value(recorded)
                                .build()))
                .build())
        .build();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void whateverHappensNoAddressIsHeldTwiceAndNoneMovesWithoutNeed(
      @ForAll("histories") List<Step> history) {
    World world = new World();
    for (Step step : history) {
      Map<String, List<String>> before = world.given();
      boolean claimedNothing = world.claimsNothing(step.entry().metadata().name());
      world.apply(step);
      world.assertSound();
      if (step.action() == Action.RESTART || step.action() == Action.WAIT) {
        assertThat(world.given()).isEqualTo(before);
      }
      if (step.action() == Action.PUT
          && claimedNothing
          && world.claimsNothing(step.entry().metadata().name())) {
        before.forEach(
            (host, addresses) -> {
              if (world.given().containsKey(host) && !world.isRecorded(host)) {
                assertThat(world.given()).containsEntry(host, addresses);
              }
            });
      }
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void theOrderOfArrivalBeforeTheFirstSyncDoesNotMatter(
      @ForAll("meshes") List<ServiceEntry> mesh, @ForAll Random random) {
    Map<String, ServiceEntry> last = new TreeMap<>();
    mesh.forEach(entry -> last.put(entry.metadata().name(), entry));
    List<ServiceEntry> shuffled = new ArrayList<>(last.values());
    Collections.shuffle(shuffled, random);
    assertThat(loaded(shuffled)).isEqualTo(loaded(new ArrayList<>(last.values())));
  }

  private static Map<String, List<String>> loaded(List<ServiceEntry> entries) {
    RegistryState state =
        new RegistryState(
            MeshSettings.DEFAULTS,
            new VirtualIpAllocator(POOL, VirtualIpLedger.forgetful(), new FakeClock()));
    SourceTable table =
        new SourceTable(MeshSettings.DEFAULTS, List.of(new SourceTable.Origin("memory", "")));
    RejectionTable rejections = new RejectionTable();
    for (ServiceEntry entry : entries) {
      state.apply(
          table.apply(0, List.of(new RegistryEvent.Upsert(entry)), rejections.of("memory")));
    }
    state.openVirtualIps();
    return given(state.snapshot(0, List.of(), table.overridden()));
  }

  private static Map<String, List<String>> given(RegistrySnapshot snapshot) {
    Map<String, List<String>> given = new HashMap<>();
    for (MeshService service : snapshot.services()) {
      if (!service.autoAddresses().isEmpty()) {
        given.put(service.host(), service.autoAddresses());
      }
    }
    return given;
  }

  private static final class World {
    private final FakeClock clock = new FakeClock();
    private final VirtualIpStore store = new MemoryVirtualIpStore();
    private final Map<String, ServiceEntry> entries = new TreeMap<>();
    private MemorySource source = new MemorySource();
    private ServiceRegistry registry = start();

    private ServiceRegistry start() {
      return ServiceRegistry.builder()
          .source(source)
          .virtualIps(POOL, store)
          .clock(clock)
          .writer(Runnable::run)
          .delivery(Runnable::run)
          .build()
          .start();
    }

    void apply(Step step) {
      switch (step.action()) {
        case PUT -> {
          entries.put(step.entry().metadata().name(), step.entry());
          source.put(step.entry());
        }
        case DELETE -> {
          entries.remove(step.entry().metadata().name());
          source.delete(step.entry().key());
        }
        case WAIT -> clock.advance(Duration.ofSeconds(40));
        case RESTART -> {
          registry.close();
          source = new MemorySource();
          entries.values().forEach(source::put);
          registry = start();
        }
      }
    }

    Map<String, List<String>> given() {
      return VirtualIpPropertyTest.given(registry.snapshot());
    }

    /** Returns whether no address hangs on the entry: neither its own nor a recorded one. */
    boolean claimsNothing(String name) {
      ServiceEntry entry = entries.get(name);
      return entry == null
          || (entry.spec().addresses().isEmpty()
              && entry.status().orElseThrow().addresses().isEmpty());
    }

    boolean isRecorded(String host) {
      return entries.values().stream()
          .anyMatch(
              entry ->
                  entry.spec().hosts().contains(host)
                      && !entry.status().orElseThrow().addresses().isEmpty());
    }

    void assertSound() {
      Set<String> seen = new HashSet<>();
      for (MeshService service : registry.snapshot().services()) {
        for (String address : service.autoAddresses()) {
          assertThat(seen.add(address)).as("%s twice", address).isTrue();
          for (ServiceEntry entry : entries.values()) {
            for (String manual : entry.spec().addresses()) {
              assertThat(IpAddress.isWithin(address, manual))
                  .as("%s given to %s, asked for by %s", address, service.host(), entry.key())
                  .isFalse();
            }
          }
        }
        boolean wanted =
            service.addresses().isEmpty()
                && service.resolution() != Resolution.NONE
                && !service.host().startsWith("*");
        assertThat(!service.autoAddresses().isEmpty()).as(service.host()).isEqualTo(wanted);
      }
    }
  }
}
