package io.mooring.registry;

import static io.mooring.registry.TestObjects.selecting;
import static io.mooring.registry.TestObjects.workload;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.registry.RegistryEvent.Delete;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is indexed as a whole must be what it is when indexed one by one. */
class LargeBatchTest {

  private static final int WORKLOADS = 3_000;

  private final Mesh together = new Mesh();
  private final Mesh oneByOne = new Mesh();

  private void apply(List<RegistryEvent> events) {
    together.apply(events);
    events.forEach(event -> oneByOne.apply(List.of(event)));
    assertThat(together.everything()).isEqualTo(oneByOne.everything());
  }

  @Test
  void theFirstBatchMovesAndRemovalsLeaveTheSameMesh() {
    List<RegistryEvent> first = new ArrayList<>();
    first.add(new Upsert(selecting("n1", "s", "s.test", "a1")));
    for (int i = 0; i < WORKLOADS; i++) {
      first.add(entry(i, "10.0." + i / 200 + "." + i % 200));
    }
    apply(first);
    assertThat(together.snapshot().workloads("n1", List.of("10.0.0.1"))).hasSize(1);

    List<RegistryEvent> moves = new ArrayList<>();
    for (int i = 0; i < WORKLOADS; i += 2) { // many to one address, others stay where they are
      moves.add(i % 10 == 0 ? delete(i) : entry(i, "10.9.0." + i % 4));
    }
    apply(moves);
    assertThat(together.snapshot().workloads("n0", List.of("10.9.0.2")).size()).isGreaterThan(100);

    apply(IntStream.range(0, WORKLOADS).mapToObj(LargeBatchTest::delete).toList());
    assertThat(together.snapshot().objects(WorkloadEntry.class)).isEmpty();
    assertThat(together.snapshot().objects(ServiceEntry.class)).hasSize(1);
  }

  private static RegistryEvent entry(int i, String address) {
    return new Upsert(workload("n" + i % 2, "w" + i, address, "a" + i % 2));
  }

  private static RegistryEvent delete(int i) {
    return new Delete(new ConfigKey("WorkloadEntry", "n" + i % 2, "w" + i));
  }

  /** A hash that numbered names share makes lists of maps: once a start took twice its time. */
  @Test
  void numberedKeysSpread() {
    long hashes =
        IntStream.range(0, 10_000)
            .mapToObj(i -> new ConfigKey("WorkloadEntry", "ns-" + i % 100, "vm-" + i))
            .map(ConfigKey::hashCode)
            .distinct()
            .count();
    assertThat(hashes).isGreaterThan(9_900);
  }

  private static final class Mesh implements SourceTable.RejectionHandler {
    private final SourceTable table =
        new SourceTable(MeshSettings.DEFAULTS, List.of(new SourceTable.Origin("memory", "")));
    private final RegistryState state =
        new RegistryState(MeshSettings.DEFAULTS, VirtualIpAllocator.closed());

    void apply(List<RegistryEvent> events) {
      state.apply(table.apply(0, events, this));
    }

    RegistrySnapshot snapshot() {
      return state.snapshot(1, List.of(), table.overridden());
    }

    Map<String, Object> everything() {
      RegistrySnapshot snapshot = snapshot();
      Map<String, Object> everything = new TreeMap<>();
      everything.put("entries", List.copyOf(snapshot.objects(WorkloadEntry.class)));
      everything.put("of n1", List.copyOf(snapshot.objects(WorkloadEntry.class, "n1")));
      everything.put("endpoints", snapshot.endpoints(new ServiceKey("s.test", "n1")));
      everything.put("w7", snapshot.object(new ConfigKey("WorkloadEntry", "n1", "w7")));
      List<String> addresses =
          IntStream.range(0, WORKLOADS / 4)
              .boxed()
              .flatMap(i -> List.of("10.0." + i / 200 + "." + i % 200, "10.9.0." + i % 4).stream())
              .distinct()
              .toList();
      everything.put(
          "at",
          addresses.stream()
              .collect(
                  Collectors.toMap(
                      address -> address, address -> snapshot.workloads("n0", List.of(address)))));
      everything.put("targets", snapshot.targets("n1", "", addresses));
      return everything;
    }

    @Override
    public void rejected(ConfigKey key, IllegalArgumentException reason) {
      throw new AssertionError(key + ": " + reason.getMessage(), reason);
    }

    @Override
    public void settled(ConfigKey key) {}
  }
}
