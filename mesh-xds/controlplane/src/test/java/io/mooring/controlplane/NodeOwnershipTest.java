package io.mooring.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.model.Metadata;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.xds.node.ProxyNode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeOwnershipTest {

  private static final String PEER = "spiffe://cluster.local/ns/demo/sa/ratings";
  private static final String ID = "sidecar~10.0.0.1~vm-1.demo~demo.svc.cluster.local";

  private final MemorySource source = new MemorySource();
  private ServiceRegistry registry;

  @BeforeEach
  void start() throws InterruptedException {
    source.put(group("ratings", "ratings"), group("web", "web"), group("bare", ""));
    registry = ServiceRegistry.builder().source(source).build().start();
    assertThat(registry.awaitSynced(Duration.ofSeconds(10))).isTrue();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void nodeOfItsOwnNamespaceAccountAndGroupIsItsCertificates() {
    assertThat(
            refusal(
                PEER,
                ID,
                Map.of(
                    "NAMESPACE", "demo",
                    "SERVICE_ACCOUNT", "ratings",
                    "AUTO_REGISTER_GROUP", "ratings")))
        .isEmpty();
    assertThat(refusal(PEER, ID, Map.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "spiffe://other.domain/ns/demo/sa/ratings, trust domain",
    "spiffe://cluster.local/ns/demo, trust domain",
    "spiffe://cluster.local/ns/demo/sa/ratings/x, trust domain",
    "spiffe://cluster.local/ns/prod/sa/ratings, namespace in node id",
  })
  void identityThatIsNoWorkloadOfTheNodesNamespaceIsRefused(String peer, String reason) {
    assertThat(refusal(peer, ID, Map.of())).get().asString().contains(reason, peer);
  }

  @ParameterizedTest
  @CsvSource({
    "NAMESPACE, prod",
    "SERVICE_ACCOUNT, web",
    "AUTO_REGISTER_GROUP, web",
    "AUTO_REGISTER_GROUP, bare",
    "AUTO_REGISTER_GROUP, missing",
  })
  void claimThatTheCertificateDoesNotOwnIsRefusedByName(String field, String claimed) {
    assertThat(refusal(PEER, ID, Map.of(field, claimed)))
        .get()
        .asString()
        .containsAnyOf(field, "WorkloadGroup")
        .containsAnyOf("'" + claimed + "'", claimed);
  }

  @Test
  void groupWithoutAServiceAccountHasTheDefaultOne() {
    assertThat(
            refusal(
                "spiffe://cluster.local/ns/demo/sa/default",
                ID,
                Map.of("AUTO_REGISTER_GROUP", "bare")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"NAMESPACE", "SERVICE_ACCOUNT", "AUTO_REGISTER_GROUP"})
  void claimThatIsNoStringIsRefused(String field) {
    Node node =
        Node.newBuilder()
            .setId(ID)
            .setMetadata(
                Struct.newBuilder().putFields(field, Value.newBuilder().setNumberValue(5).build()))
            .build();
    assertThat(
            NodeOwnership.refusal(SpiffeId.parse(PEER), ProxyNode.parse(node), registry.snapshot()))
        .get()
        .asString()
        .contains(field);
  }

  @Test
  void nodeThatNamesNoNamespaceIsRefused() {
    assertThat(refusal(PEER, "some-node", Map.of()))
        .get()
        .asString()
        .contains("namespace in node id");
  }

  private Optional<NodeOwnership.Refusal> refusal(
      String peer, String id, Map<String, String> metadata) {
    Struct.Builder fields = Struct.newBuilder();
    metadata.forEach(
        (name, value) -> fields.putFields(name, Value.newBuilder().setStringValue(value).build()));
    Node node = Node.newBuilder().setId(id).setMetadata(fields).build();
    return NodeOwnership.refusal(SpiffeId.parse(peer), ProxyNode.parse(node), registry.snapshot());
  }

  private static WorkloadGroup group(String name, String serviceAccount) {
    return WorkloadGroup.builder()
        .metadata(Metadata.of("demo", name))
        .spec(
            WorkloadGroupSpec.builder()
                .template(WorkloadEntrySpec.builder().serviceAccount(serviceAccount).build())
                .build())
        .build();
  }
}
