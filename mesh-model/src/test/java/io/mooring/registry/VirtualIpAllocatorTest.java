package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.mooring.model.Metadata;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServiceSpec;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.ServiceEntryStatus;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.registry.memory.MemorySource;
import io.mooring.registry.memory.MemoryVirtualIpStore;
import io.mooring.service.Conflict;
import io.mooring.service.IpAddress;
import io.mooring.service.MeshService;
import io.mooring.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtualIpAllocatorTest {

  private static final Duration QUARANTINE = Duration.ofHours(1);
  private static final VirtualIpPool POOL =
      new VirtualIpPool("240.240.0.0/16", "2001:2::/48", QUARANTINE);
  private static final VirtualIpPool TINY =
      new VirtualIpPool("240.240.0.0/30", "2001:2::/126", QUARANTINE);

  private final FakeClock clock = new FakeClock();
  private final VirtualIpStore store = new MemoryVirtualIpStore();
  private final List<AutoCloseable> open = new ArrayList<>();
  private MemorySource source = new MemorySource();
  private ServiceRegistry registry = start(POOL, store);

  private ServiceRegistry start(VirtualIpPool pool, VirtualIpStore store) {
    source = new MemorySource();
    ServiceRegistry started =
        ServiceRegistry.builder()
            .source(source)
            .virtualIps(pool, store)
            .clock(clock)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build()
            .start();
    open.add(started);
    return started;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable it : open) {
      it.close();
    }
  }

  @Test
  void aHostWithoutAddressesGetsOneOfEachFamily() {
    source.put(entry("a", "a.test", spec -> spec));
    List<String> addresses = addressesOf("a.test");
    assertThat(addresses).hasSize(2);
    assertThat(IpAddress.isWithin(addresses.get(0), "240.240.0.0/16")).isTrue();
    assertThat(IpAddress.isWithin(addresses.get(1), "2001:2::/48")).isTrue();
    MeshService service = service("a.test");
    assertThat(service.addresses()).isEmpty();
    assertThat(service.addresses(true)).isEqualTo(addresses);
    assertThat(service.addresses(false)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // Istio: TestShouldV2AutoAllocateIP, and which hosts keepHost leaves out
    "STATIC, '', '', a.test, true",
    "DNS, '', '', a.test, true",
    "DNS_ROUND_ROBIN, '', '', a.test, true",
    "DYNAMIC_DNS, '', '', *.a.test, true",
    "NONE, '', '', a.test, false",
    "STATIC, 10.0.0.1, '', a.test, false",
    "DNS, '', false, a.test, false",
    "DNS, '', FALSE, a.test, false",
    "DNS, '', true, a.test, true",
    "DNS, '', nonsense, a.test, true",
    "STATIC, '', '', *.a.test, false",
    "DNS, '', '', *.a.test, false"
  })
  void whoGetsAVirtualIp(
      Resolution resolution, String address, String label, String host, boolean expected) {
    ServiceEntry plain =
        entry(
            "a",
            host,
            spec ->
                spec.resolution(resolution)
                    .addresses(address.isEmpty() ? List.of() : List.of(address)));
    Metadata.Builder metadata = Metadata.builder().from(plain.metadata());
    if (!label.isEmpty()) {
      metadata.putLabels("networking.istio.io/enable-autoallocate-ip", label);
    }
    source.put(ServiceEntry.builder().from(plain).metadata(metadata.build()).build());
    assertThat(!addressesOf(host).isEmpty()).isEqualTo(expected);
  }

  @Test
  void everyHostOfAnEntryHasAddressesOfItsOwn() {
    source.put(entry("a", "a.test", spec -> spec.addHosts("b.test", "*.c.test")));
    assertThat(new HashSet<>(concat(addressesOf("a.test"), addressesOf("b.test")))).hasSize(4);
    assertThat(addressesOf("*.c.test")).isEmpty();
  }

  @Test
  void objectsOfOneHostShareItsAddressesAlsoAcrossNamespaces() {
    source.put(entry("a", "a.test", spec -> spec));
    List<String> addresses = addressesOf("a.test");
    source.put(in("other", entry("b", "a.test", spec -> spec)));
    source.put(entry("c", "a.test", spec -> spec));
    assertThat(registry.snapshot().servicesByHost("a.test"))
        .hasSize(2)
        .allSatisfy(service -> assertThat(service.autoAddresses()).isEqualTo(addresses));
    source.delete(entry("a", "a.test", spec -> spec).key());
    assertThat(addressesOf("a.test")).isEqualTo(addresses);
  }

  @Test
  void aRestartKeepsWhatWasGiven() {
    source.put(entry("a", "a.test", spec -> spec), entry("b", "b.test", spec -> spec));
    Map<String, List<String>> before = all();
    registry = start(POOL, store);
    source.put(entry("b", "b.test", spec -> spec));
    source.put(entry("a", "a.test", spec -> spec));
    assertThat(all()).isEqualTo(before);
  }

  @Test
  void aRestartWithoutAStoreGivesTheSameUnlessNamesCollide() {
    source.put(entry("a", "a.test", spec -> spec));
    List<String> before = addressesOf("a.test");
    registry = start(POOL, new MemoryVirtualIpStore());
    source.put(entry("a", "a.test", spec -> spec));
    assertThat(addressesOf("a.test")).isEqualTo(before);
  }

  @Test
  void aHostThatComesBackWithinItsQuarantineHasItsAddressesAgain() {
    registry = start(TINY, store);
    source.put(entry("a", "a.test", spec -> spec));
    List<String> before = addressesOf("a.test");
    source.delete(entry("a", "a.test", spec -> spec).key());
    source.put(entry("b", "b.test", spec -> spec));
    source.put(entry("c", "c.test", spec -> spec));
    source.put(entry("a", "a.test", spec -> spec));
    assertThat(addressesOf("a.test")).isEqualTo(before);
  }

  @Test
  void addressesOfAHostThatWentAreNobodysUntilTheQuarantineIsOver() {
    registry = start(TINY, store); // three slots, of which x.0 is unusable
    source.put(entry("a", "a.test", spec -> spec));
    source.put(entry("b", "b.test", spec -> spec));
    source.put(entry("c", "c.test", spec -> spec));
    List<String> freed = addressesOf("a.test");
    source.delete(entry("a", "a.test", spec -> spec).key());
    clock.advance(QUARANTINE.minusMillis(1));
    source.put(entry("d", "d.test", spec -> spec));
    assertThat(addressesOf("d.test")).isEmpty();
    clock.advance(Duration.ofMillis(1));
    source.put(entry("d", "d.test", spec -> spec.addSubjectAltNames("again")));
    assertThat(addressesOf("d.test")).isEqualTo(freed);
  }

  @Test
  void aQuarantineOutlivesARestart() {
    registry = start(TINY, store);
    source.put(entry("a", "a.test", spec -> spec));
    source.put(entry("b", "b.test", spec -> spec));
    source.put(entry("c", "c.test", spec -> spec));
    source.delete(entry("a", "a.test", spec -> spec).key());
    registry = start(TINY, store);
    source.put(
        entry("b", "b.test", spec -> spec),
        entry("c", "c.test", spec -> spec),
        entry("d", "d.test", spec -> spec));
    assertThat(addressesOf("d.test")).isEmpty();
  }

  @Test
  void aManualAddressBeatsAnAllocatedOne() {
    source.put(entry("a", "a.test", spec -> spec));
    List<String> before = addressesOf("a.test");
    source.put(entry("m", "m.test", spec -> spec.addAddresses(before.get(0))));
    List<String> after = addressesOf("a.test");
    assertThat(after).hasSize(2).doesNotContainAnyElementsOf(before);
    source.delete(entry("m", "m.test", spec -> spec).key());
    assertThat(addressesOf("a.test")).isEqualTo(after);
  }

  @Test
  void aManualBlockAndAServiceAddressBeatAllocatedOnesToo() {
    source.put(entry("a", "a.test", spec -> spec), entry("b", "b.test", spec -> spec));
    List<String> ofA = addressesOf("a.test");
    List<String> ofB = addressesOf("b.test");
    source.put(
        entry("m", "m.test", spec -> spec.addAddresses(ofA.get(1) + "/127")),
        Service.builder()
            .metadata(Metadata.of("demo", "svc"))
            .spec(ServiceSpec.builder().clusterIP(ofB.get(0)).build())
            .build());
    assertThat(addressesOf("a.test")).hasSize(2).isNotEqualTo(ofA);
    assertThat(addressesOf("b.test")).hasSize(2).isNotEqualTo(ofB);
  }

  @Test
  void nothingIsAllocatedThatSomebodyAskedForBefore() {
    registry = start(TINY, store);
    source.put(entry("m", "m.test", spec -> spec.addAddresses("240.240.0.1", "2001:2::2")));
    source.put(entry("a", "a.test", spec -> spec));
    assertThat(addressesOf("a.test")).containsExactly("240.240.0.3", "2001:2::3");
  }

  @Test
  void whatIstioRecordedIsKept() {
    source.put(recorded("a", "a.test", 0, "240.240.0.17", "2001:2::11"));
    assertThat(addressesOf("a.test")).containsExactly("240.240.0.17", "2001:2::11");
    assertThat(registry.snapshot().conflicts()).isEmpty();
  }

  @Test
  void ofTwoThatRecordedTheSameTheOlderKeepsItInWhateverOrderTheyCome() {
    for (boolean olderFirst : new boolean[] {true, false}) {
      registry = start(POOL, new MemoryVirtualIpStore());
      ServiceEntry older = recorded("z", "z.test", 1, "240.240.0.17");
      ServiceEntry younger = recorded("a", "a.test", 2, "240.240.0.17");
      source.put(olderFirst ? older : younger);
      source.put(olderFirst ? younger : older);
      assertThat(addressesOf("z.test")).containsExactly("240.240.0.17");
      assertThat(addressesOf("a.test")).hasSize(2).doesNotContain("240.240.0.17");
      assertThat(registry.snapshot().conflicts())
          .extracting(Conflict::kind, Conflict::subject, Conflict::winner, Conflict::loser)
          .containsExactly(
              tuple(Conflict.Kind.ALLOCATED_ADDRESS, "240.240.0.17", older.key(), younger.key()));
    }
  }

  @Test
  void whatIsRecordedTakesTheAddressOfAHostThatMooringGaveIt() {
    source.put(entry("a", "a.test", spec -> spec));
    List<String> before = addressesOf("a.test");
    source.put(recorded("b", "b.test", 0, before.get(0)));
    assertThat(addressesOf("b.test")).containsExactly(before.get(0));
    assertThat(addressesOf("a.test")).hasSize(2).doesNotContain(before.get(0));
  }

  @Test
  void aManualAddressBeatsARecordedOne() {
    ServiceEntry manual = entry("m", "m.test", spec -> spec.addAddresses("240.240.0.17"));
    ServiceEntry recorded = recorded("a", "a.test", 0, "240.240.0.17");
    source.put(recorded);
    source.put(manual);
    assertThat(addressesOf("a.test")).hasSize(2).doesNotContain("240.240.0.17");
    assertThat(registry.snapshot().conflicts())
        .extracting(Conflict::winner, Conflict::loser)
        .containsExactly(tuple(manual.key(), recorded.key()));
  }

  @Test
  void whatIsRecordedIsTakenWhenAnotherHostMovesAway() {
    source.put(recorded("a", "a.test", 3, "240.240.0.17"));
    source.put(recorded("b", "b.test", 2, "240.240.0.17"));
    assertThat(addressesOf("a.test")).hasSize(2);
    source.put(recorded("older-b", "b.test", 1, "240.240.0.18"));
    assertThat(addressesOf("b.test")).containsExactly("240.240.0.18");
    assertThat(addressesOf("a.test")).containsExactly("240.240.0.17");
  }

  @Test
  void whatIsRecordedDoesNotDependOnTheOrderBeforeTheFirstSync() {
    ServiceEntry manual = entry("m", "m.test", spec -> spec.addAddresses("240.240.0.17"));
    ServiceEntry older = recorded("older", "a.test", 1, "240.240.0.17");
    ServiceEntry younger = recorded("younger", "a.test", 2, "240.240.0.18");
    assertThat(synced(younger, manual, older).get("a.test"))
        .isEqualTo(synced(manual, older, younger).get("a.test"))
        .hasSize(2);
  }

  /** Returns what a registry gives to what comes one by one before the first sync. */
  private Map<String, List<String>> synced(ServiceEntry... entries) {
    List<RegistrySink> sinks = new ArrayList<>();
    ServiceRegistry waiting = waitingFor(sinks, 1);
    for (ServiceEntry entry : entries) {
      sinks.get(0).accept(List.of(new Upsert(entry)));
    }
    sinks.get(0).accept(List.of(new RegistryEvent.Synced()));
    return all(waiting);
  }

  private ServiceRegistry waitingFor(List<RegistrySink> sinks, int sources) {
    ServiceRegistry.Builder builder =
        ServiceRegistry.builder()
            .virtualIps(POOL, new MemoryVirtualIpStore())
            .clock(clock)
            .writer(Runnable::run)
            .delivery(Runnable::run);
    for (int i = 0; i < sources; i++) {
      builder.source(new Scripted(sinks));
    }
    ServiceRegistry waiting = builder.build().start();
    open.add(waiting);
    return waiting;
  }

  @Test
  void replicasThatShareAStoreAgree() {
    ServiceRegistry one = registry;
    MemorySource ofOne = source;
    ServiceRegistry other = start(POOL, store);
    MemorySource ofOther = source;
    ofOne.put(entry("a", "a.test", spec -> spec));
    ofOther.put(entry("b", "b.test", spec -> spec));
    ofOther.put(entry("a", "a.test", spec -> spec));
    ofOne.put(entry("b", "b.test", spec -> spec));
    assertThat(all(one)).isEqualTo(all(other)).hasSize(2);
  }

  @Test
  void aStoreThatFailsHoldsNothingUp() {
    VirtualIpStore broken =
        new VirtualIpStore() {
          @Override
          public Versioned<VirtualIpTable> load() {
            throw new java.io.UncheckedIOException(new java.io.IOException("disk"));
          }

          @Override
          public Optional<Versioned<VirtualIpTable>> save(VirtualIpTable table, String version) {
            throw new java.io.UncheckedIOException(new java.io.IOException("disk"));
          }
        };
    registry = start(POOL, broken);
    source.put(entry("a", "a.test", spec -> spec));
    assertThat(addressesOf("a.test")).hasSize(2);
  }

  @Test
  void addressesAreGivenWhenEverySourceHadItsSay() {
    List<RegistrySink> sinks = new ArrayList<>();
    ServiceRegistry waiting = waitingFor(sinks, 2);
    sinks.get(0).accept(List.of(new Upsert(entry("a", "a.test", spec -> spec))));
    sinks.get(0).accept(List.of(new RegistryEvent.Synced()));
    assertThat(all(waiting)).containsEntry("a.test", List.of());
    sinks.get(1).accept(List.of(new RegistryEvent.Synced()));
    assertThat(all(waiting).get("a.test")).hasSize(2);
    sinks.get(0).accept(List.of(new Delete(entry("a", "a.test", spec -> spec).key())));
    assertThat(all(waiting)).isEmpty();
  }

  private record Scripted(List<RegistrySink> sinks) implements RegistrySource {
    @Override
    public String name() {
      return "scripted";
    }

    @Override
    public void start(RegistrySink sink) {
      sinks.add(sink);
    }

    @Override
    public void close() {}
  }

  private static List<String> concat(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  private List<String> addressesOf(String host) {
    return service(host).autoAddresses();
  }

  private MeshService service(String host) {
    return registry.snapshot().servicesByHost(host).get(0);
  }

  private Map<String, List<String>> all() {
    return all(registry);
  }

  private static Map<String, List<String>> all(ServiceRegistry registry) {
    Map<String, List<String>> all = new TreeMap<>();
    registry
        .snapshot()
        .services()
        .forEach(service -> all.put(service.host(), service.autoAddresses()));
    return all;
  }

  static ServiceEntry entry(
      String name, String host, UnaryOperator<ServiceEntrySpec.Builder> change) {
    return ServiceEntry.builder()
        .metadata(Metadata.of("demo", name))
        .spec(
            change
                .apply(
                    ServiceEntrySpec.builder()
                        .addHosts(host)
                        .addPorts(
                            ServiceEntryPort.builder()
                                .number(80)
                                .name("tcp")
                                .protocol("TCP")
                                .build())
                        .resolution(Resolution.STATIC))
                .build())
        .build();
  }

  private static ServiceEntry in(String namespace, ServiceEntry entry) {
    return ServiceEntry.builder()
        .from(entry)
        .metadata(Metadata.of(namespace, entry.metadata().name()))
        .build();
  }

  private static ServiceEntry recorded(
      String name, String host, int createdSecond, String... addresses) {
    return ServiceEntry.builder()
        .from(entry(name, host, spec -> spec))
        .metadata(
            Metadata.builder()
                .namespace("demo")
                .name(name)
                .creationTimestamp(Instant.ofEpochSecond(createdSecond))
                .build())
        .status(
            ServiceEntryStatus.builder()
                .addresses(
                    Arrays.stream(addresses)
                        .map(
                            it -> ServiceEntryStatus.Address.builder().host(host).value(it).build())
                        .toList())
                .build())
        .build();
  }
}
