package io.mooring.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.identity.WorkloadGroups;
import io.mooring.identity.enroll.RegisteredWorkload;
import io.mooring.identity.enroll.WorkloadRegistrar;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.registry.memory.MemoryWorkloadStore;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.server.PeerIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EnrolmentTest {

  private final ManualExecutor executor = new ManualExecutor(new FakeClock());
  private final MemorySource files = new MemorySource("files");
  private final MemoryWorkloadStore store = new MemoryWorkloadStore();

  /** As of a disk or a network that hangs: the executor does not come back from the store. */
  @Test
  void vmWhoseStoreHangsIsToldToTryAgainAndIsNotRegisteredLater() {
    files.put(
        WorkloadGroup.builder()
            .metadata(Metadata.of("demo", "g"))
            .spec(WorkloadGroupSpec.builder().template(WorkloadEntrySpec.builder().build()).build())
            .build());
    try (ServiceRegistry registry =
        ServiceRegistry.builder()
            .source(files)
            .source(store)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build()
            .start()) {
      WorkloadRegistrar registrar =
          WorkloadRegistrar.builder(store, WorkloadGroups.of(registry::snapshot), executor).start();
      Enrolment enrolment = new Enrolment(registry::snapshot, registrar, Duration.ofMillis(20));
      assertThatThrownBy(() -> enrolment.connected(node(), peer(), 1))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(e.getStatus().getDescription()).startsWith("unavailable: ");
              });
      executor.runReady();
      CompletableFuture<List<RegisteredWorkload>> workloads = registrar.workloads();
      executor.advance(WorkloadRegistrar.DEFAULT_GRACE);
      assertThat(workloads.join())
          .allSatisfy(it -> assertThat(it.state()).isEqualTo(RegisteredWorkload.State.LEAVING));
      assertThat(store.list()).isEmpty();
    }
  }

  private static PeerIdentity peer() {
    return new PeerIdentity(
        Optional.of(SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/default")),
        Optional.empty(),
        Optional.empty());
  }

  private static ProxyNode node() {
    return ProxyNode.parse(
        Node.newBuilder()
            .setId("sidecar~10.0.0.1~vm.demo~demo.svc.cluster.local")
            .setMetadata(
                Struct.newBuilder()
                    .putFields("AUTO_REGISTER_GROUP", text("g"))
                    .putFields("INSTANCE_IPS", text("10.0.0.1")))
            .build());
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
