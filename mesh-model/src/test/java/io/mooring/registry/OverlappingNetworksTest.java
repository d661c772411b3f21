package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.ServiceKey;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One address in several networks: istio/istio#34573, #43950, #44128. */
class OverlappingNetworksTest {

  private final MemorySource source = new MemorySource();
  private final ServiceRegistry registry =
      ServiceRegistry.builder()
          .source(source)
          .writer(Runnable::run)
          .delivery(Runnable::run)
          .build()
          .start();

  @BeforeEach
  void twoNetworksWithOneAddress() {
    source.put(
        TestObjects.selecting("demo", "ratings", "ratings.demo", "ratings"),
        TestObjects.selecting("demo", "reviews", "reviews.demo", "reviews"),
        TestObjects.selecting("demo", "details", "details.demo", "details"),
        in("n1", TestObjects.workload("demo", "vm-1", "10.0.0.1", "ratings")),
        in("n2", TestObjects.workload("demo", "vm-2", "10.0.0.1", "reviews")),
        in("", TestObjects.workload("demo", "vm-3", "10.0.0.1", "details")));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @ParameterizedTest
  @CsvSource({
    "n1, details.demo ratings.demo",
    "n2, details.demo reviews.demo",
    "n3, details.demo",
    "'', details.demo ratings.demo reviews.demo"
  })
  void aProxyServesWhatItsOwnNetworkHasAtItsAddress(String network, String expected) {
    assertThat(
            registry.snapshot().targets("demo", network, List.of("10.0.0.1")).stream()
                .map(target -> target.service().host()))
        .containsExactlyInAnyOrder(expected.split(" "));
  }

  @Test
  void aWorkloadThatLeavesOneNetworkLeavesTheOthersAlone() {
    source.delete(TestObjects.workload("demo", "vm-1", "", "").key());
    assertThat(registry.snapshot().targets("demo", "n2", List.of("10.0.0.1"))).hasSize(2);
  }

  @Test
  void bothAreEndpointsOfAServiceThatSelectsBoth() {
    source.put(
        in("n1", TestObjects.workload("demo", "vm-1", "10.0.0.1", "ratings")),
        in("n2", TestObjects.workload("demo", "vm-2", "10.0.0.1", "ratings")));
    assertThat(registry.snapshot().endpoints(new ServiceKey("ratings.demo", "demo")))
        .extracting(MeshEndpoint::network)
        .containsExactly("n1", "n2");
  }

  private static WorkloadEntry in(String network, WorkloadEntry entry) {
    return WorkloadEntry.builder()
        .from(entry)
        .spec(WorkloadEntrySpec.builder().from(entry.spec()).network(network).build())
        .build();
  }
}
