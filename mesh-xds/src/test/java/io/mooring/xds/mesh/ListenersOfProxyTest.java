package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.model.ConfigKey;
import io.mooring.model.LabelSelector;
import io.mooring.model.Metadata;
import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.model.security.PeerAuthenticationSpec.MutualTls;
import io.mooring.registry.ChangeSet;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.testkit.GoldenFiles;
import io.mooring.xds.debug.ResourceJson;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenersOfProxyTest {

  private static final String ADDRESS = "10.0.0.9";
  private static final MeshService RATINGS =
      TestSnapshot.service(
              "ratings.demo.svc.cluster.local",
              "demo",
              new MeshPort(9080, "http", Protocol.HTTP, OptionalInt.of(8080)))
          .build();
  private static final MeshService REVIEWS =
      TestSnapshot.service("reviews.demo.svc.cluster.local", "demo", 9080).build();

  @ParameterizedTest
  @ValueSource(strings = {"REDIRECT", "NONE"})
  void smallVirtualMachine(String capture) {
    MeshService database =
        TestSnapshot.service(
                "db.example.com",
                "demo",
                new MeshPort(5432, "tcp", Protocol.TCP, OptionalInt.empty()))
            .addAddresses("240.240.0.1")
            .build();
    TestSnapshot snapshot =
        TestSnapshot.empty()
            .with(RATINGS, TestSnapshot.endpoint(RATINGS, ADDRESS, "ratings").build())
            .with(REVIEWS, TestSnapshot.endpoint(REVIEWS, "10.0.0.8", "reviews").build())
            .with(database, TestSnapshot.endpoint(database, "10.0.0.7", "db").build());

    ResourceSet set = initial(snapshot, node(capture));

    GoldenFiles.assertMatches(
        "listeners/" + capture.toLowerCase(java.util.Locale.ROOT) + ".json",
        ResourceJson.print(set, Set.of(XdsType.LISTENER)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"REDIRECT", "NONE"})
  void workloadThatJoinsOrLeavesItsServiceGetsOrLosesItsPort(String capture) {
    TestSnapshot without = TestSnapshot.empty().with(RATINGS).with(REVIEWS);
    TestSnapshot with =
        without.with(RATINGS, TestSnapshot.endpoint(RATINGS, ADDRESS, "ratings").build());
    ProxyNode node = node(capture);
    ResourceSet before = initial(without, node);
    ResourceSet after = initial(with, node);

    assertThat(after).isNotEqualTo(before);
    assertThat(update(without, with, node, endpointsOf(RATINGS))).isEqualTo(after);
    assertThat(update(with, without, node, endpointsOf(RATINGS))).isEqualTo(before);
  }

  @Test
  void podOfAHeadlessServiceGetsAListenerAsItAppears() {
    MeshService headless =
        TestSnapshot.service(
                "pods.demo.svc.cluster.local",
                "demo",
                new MeshPort(6379, "redis", Protocol.REDIS, OptionalInt.empty()))
            .origin(MeshService.Origin.KUBERNETES_SERVICE)
            .resolution(Resolution.NONE)
            .build();
    TestSnapshot without = TestSnapshot.empty().with(headless);
    TestSnapshot with =
        without.with(
            headless,
            TestSnapshot.endpoint(headless, "10.0.0.8", "pods").build(),
            TestSnapshot.endpoint(headless, ADDRESS, "pods").build());

    ResourceSet set = update(without, with, node("REDIRECT"), endpointsOf(headless));

    assertThat(set).isEqualTo(initial(with, node("REDIRECT")));
    assertThat(set.resources(XdsType.LISTENER))
        .containsOnlyKeys("10.0.0.8_6379", "virtualInbound", "virtualOutbound");
  }

  @Test
  void labelsThatTheRegistryKnowsSelectThePolicyNotWhatANodeClaims() throws Exception {
    PeerAuthentication strict = policy("strict", "app", "ratings", Mode.STRICT);
    TestSnapshot snapshot =
        TestSnapshot.empty()
            .with(
                RATINGS,
                TestSnapshot.endpoint(RATINGS, ADDRESS, "ratings")
                    .putLabels("app", "ratings")
                    .build())
            .with(strict);

    Listener inbound = inbound(initial(snapshot, node("NONE")), ADDRESS + "_8080");

    assertThat(inbound.getFilterChainsList())
        .allSatisfy(chain -> assertThat(chain.hasTransportSocket()).isTrue());
  }

  @Test
  void workloadOfNoServiceIsKnownByItsEntry() throws Exception {
    WorkloadEntry entry =
        WorkloadEntry.builder()
            .metadata(Metadata.of("demo", "vm"))
            .spec(WorkloadEntrySpec.builder().address(ADDRESS).putLabels("app", "ratings").build())
            .build();
    TestSnapshot without =
        TestSnapshot.empty().with(policy("strict", "app", "ratings", Mode.STRICT));
    TestSnapshot with = without.with(entry);
    ChangeSet change = new ChangeSet(Set.of(entry.key()), Set.of(), Set.of());

    ResourceSet set = update(without, with, node("REDIRECT"), change);

    assertThat(set).isEqualTo(initial(with, node("REDIRECT")));
    assertThat(
            inbound(set, "virtualInbound").getFilterChainsList().stream()
                .filter(chain -> chain.getName().equals("virtualInbound")))
        .allSatisfy(chain -> assertThat(chain.hasTransportSocket()).isTrue())
        .isNotEmpty();
  }

  @Test
  void entryOfTheOwnNamespaceMayBeTheProxyItself() {
    TestSnapshot snapshot = TestSnapshot.empty();
    MeshGenerator generator = new MeshGenerator(() -> snapshot);

    assertThat(generator.concerns(node("NONE"), entryChange(snapshot, "demo"))).isTrue();
    assertThat(generator.concerns(node("NONE"), entryChange(snapshot, "other"))).isFalse();
  }

  @Test
  void outboundPortThatTheApplicationHasIsReported() {
    MeshService clash = TestSnapshot.service("other.demo.svc.cluster.local", "demo", 8080).build();
    TestSnapshot snapshot =
        TestSnapshot.empty()
            .with(RATINGS, TestSnapshot.endpoint(RATINGS, ADDRESS, "ratings").build())
            .with(clash);

    assertThat(new MeshGenerator(() -> snapshot).conflicts(node("NONE")))
        .singleElement()
        .satisfies(conflict -> assertThat(conflict.service()).isEqualTo(clash.key()));
    assertThat(new MeshGenerator(() -> snapshot).conflicts(node("REDIRECT"))).isEmpty();
  }

  private static RegistryChange entryChange(TestSnapshot snapshot, String namespace) {
    return new RegistryChange(
        snapshot,
        new ChangeSet(Set.of(new ConfigKey("WorkloadEntry", namespace, "vm")), Set.of(), Set.of()));
  }

  private static Listener inbound(ResourceSet set, String name) throws Exception {
    return set.get(XdsType.LISTENER, name).orElseThrow().body().unpack(Listener.class);
  }

  private static PeerAuthentication policy(String name, String label, String value, Mode mode) {
    return PeerAuthentication.builder()
        .metadata(Metadata.of("demo", name))
        .spec(
            PeerAuthenticationSpec.builder()
                .selector(LabelSelector.builder().putMatchLabels(label, value).build())
                .mtls(MutualTls.of(mode))
                .build())
        .build();
  }

  private static ChangeSet endpointsOf(MeshService service) {
    return new ChangeSet(Set.of(), Set.of(), Set.of(service.key()));
  }

  private static ResourceSet initial(TestSnapshot snapshot, ProxyNode node) {
    return new MeshGenerator(() -> snapshot).initial(node);
  }

  private static ResourceSet update(
      TestSnapshot from, TestSnapshot to, ProxyNode node, ChangeSet change) {
    MeshGenerator generator = new MeshGenerator(() -> from);
    ResourceSet before = generator.initial(node);
    return generator.update(node, before, new RegistryChange(to, change));
  }

  private static ProxyNode node(String capture) {
    Node.Builder node =
        Node.newBuilder().setId("sidecar~" + ADDRESS + "~vm.demo~demo.svc.cluster.local");
    node.getMetadataBuilder()
        .putFields(
            "INTERCEPTION_MODE",
            com.google.protobuf.Value.newBuilder().setStringValue(capture).build());
    return ProxyNode.parse(node.build());
  }
}
