package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.registry.RegistryHistories.Batch;
import io.mooring.service.Conflict;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class IncrementalRegistryTest {

  private static final MeshSettings SETTINGS = MeshSettings.DEFAULTS;

  @Provide
  Arbitrary<List<Batch>> histories() {
    return RegistryHistories.histories();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void incrementalSnapshotEqualsRebuildAfterEveryBatch(@ForAll("histories") List<Batch> history) {
    History registry = new History();
    for (Batch batch : history) {
      registry.apply(batch);
      assertSame(registry.snapshot(), registry.rebuild());
    }
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void changeSetNamesEverythingThatDiffers(@ForAll("histories") List<Batch> history) {
    History registry = new History();
    for (Batch batch : history) {
      RegistrySnapshot before = registry.snapshot();
      ChangeSet change = registry.apply(batch);
      assertNamed(before, registry.snapshot(), change);
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void snapshotDoesNotChangeAfterItWasTaken(@ForAll("histories") List<Batch> history) {
    History registry = new History();
    history.subList(0, history.size() / 2).forEach(registry::apply);
    RegistrySnapshot taken = registry.snapshot();
    RegistrySnapshot expected = registry.rebuild();
    history.subList(history.size() / 2, history.size()).forEach(registry::apply);
    assertSame(taken, expected);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void interleavingOfDifferentSourcesDoesNotMatter(@ForAll("histories") List<Batch> history) {
    History mixed = new History();
    history.forEach(mixed::apply);
    History sorted = new History();
    history.stream().filter(batch -> batch.source() == 1).forEach(sorted::apply);
    history.stream().filter(batch -> batch.source() == 0).forEach(sorted::apply);
    assertSame(mixed.snapshot(), sorted.snapshot());
  }

  /** Two clusters with a Service, a pod and a slice of one name each keep their own. */
  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void incrementalSnapshotOfTwoClustersEqualsRebuild(@ForAll("histories") List<Batch> history) {
    History registry = new History("east", "west");
    for (Batch batch : history) {
      RegistrySnapshot before = registry.snapshot();
      ChangeSet change = registry.apply(batch);
      assertSame(registry.snapshot(), registry.restart());
      assertNamed(before, registry.snapshot(), change);
    }
  }

  /** The registry's own path without its threads, beside a plain account of what counts. */
  private static final class History implements SourceTable.RejectionHandler {
    private final SourceTable table;
    private final RegistryState state =
        new RegistryState(MeshSettings.DEFAULTS, VirtualIpAllocator.closed());
    private final List<Map<ConfigKey, ConfigObject>> account =
        List.of(new HashMap<>(), new HashMap<>());

    History() {
      this("", "");
    }

    History(String firstCluster, String secondCluster) {
      table =
          new SourceTable(
              SETTINGS,
              List.of(
                  new SourceTable.Origin("first", firstCluster),
                  new SourceTable.Origin("second", secondCluster)));
    }

    ChangeSet apply(Batch batch) {
      for (RegistryEvent event : batch.events()) {
        if (!(event instanceof Upsert upsert)) {
          account.get(batch.source()).remove(RegistryHistories.key(event));
        } else if (RegistryHistories.isKept(upsert.object(), SETTINGS)) {
          account.get(batch.source()).put(upsert.object().key(), upsert.object());
        }
      }
      return state.apply(table.apply(batch.source(), batch.events(), this));
    }

    RegistrySnapshot snapshot() {
      return state.snapshot(0, List.of(), table.overridden());
    }

    RegistrySnapshot restart() {
      RegistryState anew = new RegistryState(SETTINGS, VirtualIpAllocator.closed());
      anew.apply(table.fromNothing());
      return anew.snapshot(0, List.of(), table.overridden());
    }

    RegistrySnapshot rebuild() {
      Map<ConfigKey, ConfigObject> winners = new LinkedHashMap<>(account.get(1));
      winners.putAll(account.get(0));
      return new NaiveSnapshot(winners.values(), SETTINGS);
    }

    @Override
    public void rejected(ConfigKey key, IllegalArgumentException reason) {}

    @Override
    public void settled(ConfigKey key) {}
  }

  private static void assertSame(RegistrySnapshot actual, RegistrySnapshot expected) {
    assertThat(actual.services()).containsExactlyElementsOf(expected.services());
    for (ServiceKey key : keys(actual, expected)) {
      assertThat(actual.service(key)).isEqualTo(expected.service(key));
      assertThat(actual.endpoints(key)).isEqualTo(expected.endpoints(key));
    }
    assertThat(conflictsOfHosts(actual)).isEqualTo(conflictsOfHosts(expected));
    for (String host : RegistryHistories.HOSTS) {
      assertThat(actual.servicesByHost(host)).isEqualTo(expected.servicesByHost(host));
    }
    for (String namespace : RegistryHistories.NAMESPACES) {
      for (String network : RegistryHistories.NETWORKS) {
        for (String address : RegistryHistories.ADDRESSES) {
          assertThat(actual.targets(namespace, network, List.of(address)))
              .isEqualTo(expected.targets(namespace, network, List.of(address)));
        }
        assertThat(actual.targets(namespace, network, RegistryHistories.ADDRESSES))
            .isEqualTo(expected.targets(namespace, network, RegistryHistories.ADDRESSES));
      }
      assertThat(actual.workloads(namespace, RegistryHistories.ADDRESSES))
          .isEqualTo(expected.workloads(namespace, RegistryHistories.ADDRESSES));
    }
    for (Class<? extends ConfigObject> kind :
        List.of(ServiceEntry.class, WorkloadEntry.class, Service.class, PeerAuthentication.class)) {
      assertSameObjects(actual, expected, kind);
    }
  }

  private static List<Conflict> conflictsOfHosts(RegistrySnapshot snapshot) {
    Set<Conflict.Kind> kinds =
        Set.of(Conflict.Kind.HOST, Conflict.Kind.PORT, Conflict.Kind.HOST_OF_OTHER_NAMESPACE);
    return snapshot.conflicts().stream().filter(it -> kinds.contains(it.kind())).toList();
  }

  private static <T extends ConfigObject> void assertSameObjects(
      RegistrySnapshot actual, RegistrySnapshot expected, Class<T> kind) {
    assertThat(new ArrayList<>(actual.objects(kind)))
        .isEqualTo(new ArrayList<>(expected.objects(kind)));
    for (String namespace : RegistryHistories.NAMESPACES) {
      assertThat(new ArrayList<>(actual.objects(kind, namespace)))
          .isEqualTo(new ArrayList<>(expected.objects(kind, namespace)));
    }
    for (ConfigObject object : expected.objects(kind)) {
      assertThat(actual.object(object.key())).isEqualTo(expected.object(object.key()));
    }
  }

  private static void assertNamed(
      RegistrySnapshot before, RegistrySnapshot after, ChangeSet change) {
    Set<ServiceKey> services = new TreeSet<>();
    Set<ServiceKey> endpoints = new TreeSet<>();
    for (ServiceKey key : keys(before, after)) {
      if (!before.service(key).equals(after.service(key))) {
        services.add(key);
      }
      if (!before.endpoints(key).equals(after.endpoints(key))) {
        endpoints.add(key);
      }
    }
    assertThat(change.services()).isEqualTo(services);
    assertThat(change.endpoints()).containsAll(endpoints);
    Set<ConfigKey> configs = new TreeSet<>();
    objects(before).stream()
        .filter(object -> !objects(after).contains(object))
        .forEach(object -> configs.add(object.key()));
    objects(after).stream()
        .filter(object -> !objects(before).contains(object))
        .forEach(object -> configs.add(object.key()));
    assertThat(change.configs()).containsAll(configs);
  }

  private static List<ConfigObject> objects(RegistrySnapshot snapshot) {
    List<ConfigObject> objects = new ArrayList<>();
    objects.addAll(snapshot.objects(ServiceEntry.class));
    objects.addAll(snapshot.objects(WorkloadEntry.class));
    objects.addAll(snapshot.objects(Service.class));
    objects.addAll(snapshot.objects(PeerAuthentication.class));
    return objects;
  }

  private static Set<ServiceKey> keys(RegistrySnapshot one, RegistrySnapshot other) {
    Set<ServiceKey> keys = new TreeSet<>();
    one.services().stream().map(MeshService::key).forEach(keys::add);
    other.services().stream().map(MeshService::key).forEach(keys::add);
    return keys;
  }
}
