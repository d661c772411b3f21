package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.Networks.Gateway;
import io.mooring.service.ServiceKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What MeshNetworks and gateway Services say of workloads that name no network. */
class NetworksOfWorkloadsTest {

  private static final String NETWORKS =
      """
      apiVersion: mesh.istio.io/v1alpha1
      kind: MeshNetworks
      metadata: {name: istio, namespace: istio-system}
      spec:
        networks:
          wide: {endpoints: [{fromCidr: 10.0.0.0/8}]}
          narrow:
            endpoints: [{fromCidr: 10.0.1.0/24}, {fromRegistry: west}]
            gateways:
            - {address: 192.0.2.9, port: 15443}
            - {address: 192.0.2.1, port: 443}
            - {address: gateway.example.org, port: 443}
            - {registryServiceName: ingress.istio-system.svc.cluster.local, port: 15444}
      """;
  private static final String INGRESS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: ingress, namespace: istio-system}
      spec: {ports: [{port: 15444}], externalIPs: [192.0.2.20]}
      status: {loadBalancer: {ingress: [{ip: 192.0.2.21}, {hostname: lb.example.org}]}}
      """;
  private static final String LABELLED =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: eastwest, namespace: gw, labels: {topology.istio.io/network: wide}}
      spec: {ports: [{port: 15443}], externalIPs: [192.0.2.30]}
      """;

  private final MemorySource source = new MemorySource();
  private final ServiceRegistry registry =
      ServiceRegistry.builder()
          .source(source)
          .writer(Runnable::run)
          .delivery(Runnable::run)
          .build()
          .start();

  @BeforeEach
  void oneServiceOfThreeWorkloads() {
    source.put(
        TestObjects.selecting("demo", "ratings", "ratings.demo", "ratings"),
        TestObjects.workload("demo", "vm-1", "10.0.1.1", "ratings"),
        TestObjects.workload("demo", "vm-2", "10.2.0.1", "ratings"),
        TestObjects.workload("demo", "vm-3", "172.16.0.1", "ratings"));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private void put(String... documents) {
    ParsedConfig parsed = new ConfigCodec().parse("mesh.yaml", String.join("---\n", documents));
    assertThat(parsed.hasErrors()).as(parsed.problems().toString()).isFalse();
    source.put(parsed.objects().stream().map(LocatedObject::object).toArray(ConfigObject[]::new));
  }

  private List<String> networks() {
    return registry.snapshot().endpoints(new ServiceKey("ratings.demo", "demo")).stream()
        .map(MeshEndpoint::network)
        .toList();
  }

  @Test
  void theLongestBlockAroundTheAddressCounts() {
    put(NETWORKS);
    assertThat(networks()).containsExactly("narrow", "wide", "");
    assertThat(registry.snapshot().workloads("demo", List.of("10.0.1.1")).get(0).labels())
        .containsEntry("topology.istio.io/network", "narrow");
  }

  private static final String ROOT =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: istio-system, labels: {topology.istio.io/network: of-pods}}
      """;
  private static final String PODS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: plain, namespace: demo, labels: {app: ratings}}
      status: {podIP: 10.0.1.7, conditions: [{type: Ready, status: "True"}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        {name: says, namespace: demo, labels: {app: ratings, topology.istio.io/network: own}}
      status: {podIP: 10.0.1.8, conditions: [{type: Ready, status: "True"}]}
      """;

  @Test
  void podsAreInTheNetworkThatTheRootNamespaceSaysAndOtherWorkloadsAreNot() {
    put(ROOT, PODS);
    assertThat(networks()).containsExactly("of-pods", "own", "", "", "");
    put(NETWORKS);
    assertThat(networks()).containsExactly("of-pods", "own", "narrow", "wide", "");
    source.delete(new ConfigKey("Namespace", "", "istio-system"));
    assertThat(networks()).containsExactly("narrow", "own", "narrow", "wide", "");
  }

  @Test
  void endpointSlicesOfPodsAreInTheNetworkThatTheRootNamespaceSays() {
    put(
        ROOT,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: reviews, namespace: demo}
        spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: s, namespace: demo, labels: {kubernetes.io/service-name: reviews}}
        addressType: IPv4
        endpoints: [{addresses: [10.0.1.9]}]
        ports: [{name: http, port: 8080}]
        """);
    assertThat(
            registry
                .snapshot()
                .endpoints(ServiceKey.ofKubernetes("demo", "reviews", "cluster.local")))
        .extracting(MeshEndpoint::network)
        .containsExactly("of-pods");
  }

  @Test
  void whatAWorkloadSaysItselfCounts() {
    put(NETWORKS);
    WorkloadEntry entry = TestObjects.workload("demo", "vm-1", "10.0.1.1", "ratings");
    source.put(
        WorkloadEntry.builder()
            .from(entry)
            .spec(WorkloadEntrySpec.builder().from(entry.spec()).network("own").build())
            .build());
    assertThat(networks()).containsExactly("own", "wide", "");
  }

  @Test
  void whatItsLabelSaysCountsMoreThanWhereItsAddressIs() {
    put(NETWORKS);
    WorkloadEntry entry = TestObjects.workload("demo", "vm-1", "10.0.1.1", "ratings");
    source.put(
        WorkloadEntry.builder()
            .from(entry)
            .spec(
                WorkloadEntrySpec.builder()
                    .from(entry.spec())
                    .putLabels("topology.istio.io/network", "labelled")
                    .build())
            .build());
    assertThat(networks()).containsExactly("labelled", "wide", "");
  }

  @Test
  void aChangeOfTheNetworksMovesEveryEndpointAndIsToldToAll() {
    put(NETWORKS);
    put(NETWORKS.replace("10.0.0.0/8", "172.16.0.0/12"));
    assertThat(networks()).containsExactly("narrow", "", "wide");
    source.delete(registry.snapshot().objects(MeshNetworks.class).iterator().next().key());
    assertThat(networks()).containsExactly("", "", "");
  }

  @Test
  void networksOfOtherNamespacesThanTheRootCountForNothing() {
    put(NETWORKS.replace("namespace: istio-system", "namespace: demo"));
    assertThat(networks()).containsExactly("", "", "");
  }

  @Test
  void anEndpointOutsideTheMeshIsInNoNetworkOfIt() {
    put(
        NETWORKS,
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: away, namespace: demo}
        spec:
          hosts: [away.example.org]
          location: MESH_EXTERNAL
          resolution: STATIC
          ports: [{number: 443, name: tls, protocol: TLS}]
          endpoints: [{address: 10.0.1.9}]
        """);
    assertThat(registry.snapshot().endpoints(new ServiceKey("away.example.org", "demo")))
        .singleElement()
        .extracting(MeshEndpoint::network)
        .isEqualTo("");
  }

  @Test
  void gatewaysAreTheListedIpsAndTheExternalOnesOfTheNamedService() {
    put(NETWORKS, INGRESS, LABELLED);
    assertThat(registry.snapshot().networks().gatewaysByNetwork())
        .isEqualTo(
            Map.of(
                "narrow",
                List.of(
                    new Gateway("192.0.2.1", 443),
                    new Gateway("192.0.2.20", 15_444),
                    new Gateway("192.0.2.21", 15_444),
                    new Gateway("192.0.2.9", 15_443)),
                "wide",
                List.of(new Gateway("192.0.2.30", 15_443))));
  }

  @Test
  void aGatewayThatGetsAnAddressLaterIsToldToAllProxies() {
    put(NETWORKS, LABELLED.replace(", externalIPs: [192.0.2.30]", ""));
    assertThat(registry.snapshot().networks().gateways("wide")).isEmpty();
    Set<String> told = new TreeSet<>();
    registry.addListener(
        (snapshot, change) -> change.configs().forEach(key -> told.add(key.kind())));
    put(LABELLED);
    assertThat(registry.snapshot().networks().gateways("wide")).hasSize(1);
    assertThat(told).contains("MeshNetworks");
  }

  @Test
  void aWorkloadWithANetworkAndNoAddressIsAnEndpointOfAServiceByAddressAlone() {
    WorkloadEntry entry = TestObjects.workload("demo", "vm-9", "", "ratings");
    source.put(
        WorkloadEntry.builder()
            .from(entry)
            .spec(WorkloadEntrySpec.builder().from(entry.spec()).network("narrow").build())
            .build());
    assertThat(registry.snapshot().endpoints(new ServiceKey("ratings.demo", "demo")))
        .filteredOn(endpoint -> endpoint.address().isEmpty())
        .extracting(MeshEndpoint::network, MeshEndpoint::port)
        .containsExactly(tuple("narrow", 80));
    assertThat(registry.snapshot().targets("demo", "", List.of(""))).isEmpty();
    source.delete(entry.key());
    assertThat(networks()).hasSize(3);
  }

  @Test
  void aWorkloadWithoutBothIsNoEndpoint() {
    source.put(TestObjects.workload("demo", "vm-9", "", "ratings"));
    assertThat(networks()).hasSize(3);
  }
}
