package io.mooring.registry;

import static io.mooring.registry.TestObjects.selecting;
import static io.mooring.registry.TestObjects.workload;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigKey;
import io.mooring.registry.RegistryEvent.Upsert;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much work a change makes, counted instead of timed. */
class RegistryScaleTest {

  private static final int WORKLOADS_PER_SERVICE = 10;

  @Test
  void everyWorkloadIsResolvedOnceWhenAMeshIsLoaded() {
    Mesh mesh = new Mesh(2_000);
    assertThat(mesh.state.endpointsMade()).isEqualTo(20_000);
    assertThat(mesh.snapshot().endpoints(new ServiceKey("s7.test", "n7")))
        .hasSize(WORKLOADS_PER_SERVICE);
  }

  @Test
  void aChangedWorkloadCostsTheSameInAMeshTenTimesLarger() {
    assertThat(costOfOneChange(new Mesh(2_000)))
        .isEqualTo(costOfOneChange(new Mesh(200)))
        .isEqualTo(1);
  }

  @Test
  void aChangedServiceCostsItsOwnWorkloadsAndNoOthers() {
    Mesh mesh = new Mesh(2_000);
    long before = mesh.state.endpointsMade();
    mesh.apply(List.of(new Upsert(selecting("n7", "s7", "renamed.test", "a7"))));
    assertThat(mesh.state.endpointsMade() - before).isEqualTo(WORKLOADS_PER_SERVICE);
  }

  @Test
  void aChangeSharesTheUntouchedServicesOfTheSnapshotBefore() {
    Mesh mesh = new Mesh(200);
    RegistrySnapshot before = mesh.snapshot();
    mesh.apply(List.of(new Upsert(workload("n7", "w7-0", "10.9.9.9", "a7"))));
    ServiceKey untouched = new ServiceKey("s8.test", "n8");
    assertThat(mesh.snapshot().endpoints(untouched)).isSameAs(before.endpoints(untouched));
    ServiceKey touched = new ServiceKey("s7.test", "n7");
    assertThat(mesh.snapshot().endpoints(touched)).isNotEqualTo(before.endpoints(touched));
  }

  private static long costOfOneChange(Mesh mesh) {
    long before = mesh.state.endpointsMade();
    mesh.apply(List.of(new Upsert(workload("n7", "w7-0", "10.9.9.9", "a7"))));
    return mesh.state.endpointsMade() - before;
  }

  /** Services in ten namespaces, each with workloads of its own. */
  private static final class Mesh implements SourceTable.RejectionHandler {
    private final SourceTable table =
        new SourceTable(MeshSettings.DEFAULTS, List.of(new SourceTable.Origin("memory", "")));
    private final RegistryState state =
        new RegistryState(MeshSettings.DEFAULTS, VirtualIpAllocator.closed());

    Mesh(int services) {
      List<RegistryEvent> events = new ArrayList<>();
      for (int i = 0; i < services; i++) {
        String namespace = "n" + i % 10;
        events.add(new Upsert(selecting(namespace, "s" + i, "s" + i + ".test", "a" + i)));
        for (int j = 0; j < WORKLOADS_PER_SERVICE; j++) {
          String address = "10." + i / 250 + "." + i % 250 + "." + j;
          events.add(new Upsert(workload(namespace, "w" + i + "-" + j, address, "a" + i)));
        }
      }
      apply(events);
    }

    void apply(List<RegistryEvent> events) {
      state.apply(table.apply(0, events, this));
    }

    RegistrySnapshot snapshot() {
      return state.snapshot(0, List.of(), table.overridden());
    }

    @Override
    public void rejected(ConfigKey key, IllegalArgumentException reason) {
      throw new AssertionError(key.toString(), reason);
    }

    @Override
    public void settled(ConfigKey key) {}
  }
}
