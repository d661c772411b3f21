package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables of Istio's serviceentry tests (conversion_test.go, controller_test.go) in their own
 * terms: objects in, endpoints out.
 */
class IstioScenariosTest {

  private static final String PORTS =
      """
        ports:
        - {number: 80, name: http-port, protocol: HTTP, targetPort: 18080}
        - {number: 8080, name: http-alt-port, protocol: HTTP}
      """;

  static Stream<Arguments> inlineEntries() {
    return Stream.of(
        // convertServiceEntryToInstances: what an entry is without any other object
        Arguments.of("NONE", "", ""),
        Arguments.of("STATIC", "", ""),
        Arguments.of("DNS", "", "80>host.test:18080 8080>host.test:8080"),
        Arguments.of("DNS_ROUND_ROBIN", "", "80>host.test:18080 8080>host.test:8080"),
        Arguments.of(
            "STATIC",
            "endpoints: [{address: 2.2.2.2, ports: {http-port: 7080, http-alt-port: 18081}}]",
            "80>2.2.2.2:7080 8080>2.2.2.2:18081"),
        Arguments.of(
            "STATIC",
            "endpoints: [{address: 3.3.3.3, ports: {http-port: 1080}}, {address: 4.4.4.4}]",
            "80>3.3.3.3:1080 80>4.4.4.4:18080 8080>3.3.3.3:8080 8080>4.4.4.4:8080"),
        Arguments.of(
            "DNS",
            "endpoints: [{address: us.test, ports: {http-port: 1080}}, {address: uk.test}]",
            "80>us.test:1080 80>uk.test:18080 8080>us.test:8080 8080>uk.test:8080"),
        Arguments.of(
            "DNS_ROUND_ROBIN",
            "endpoints: [{address: us.test}]",
            "80>us.test:18080 8080>us.test:8080"),
        Arguments.of("STATIC", "workloadSelector: {labels: {app: wle}}", ""),
        Arguments.of("DNS", "workloadSelector: {labels: {app: wle}}", ""));
  }

  @ParameterizedTest
  @MethodSource("inlineEntries")
  void anEntryAloneHasTheEndpointsThatItSays(String resolution, String more, String expected) {
    assertThat(endpoints(load(entry("se", resolution, more)), "host.test")).isEqualTo(expected);
  }

  static Stream<Arguments> selections() {
    String selector = "workloadSelector: {labels: {app: wle}}";
    String plain = workload("vm", "2.2.2.2", "app: wle", "");
    return Stream.of(
        // controller_test: TestServiceDiscoveryWorkloadUpdate and relatives
        Arguments.of("STATIC", selector, plain, "80>2.2.2.2:18080 8080>2.2.2.2:8080"),
        Arguments.of("STATIC", selector, workload("vm", "2.2.2.2", "app: other", ""), ""),
        Arguments.of("STATIC", selector, plain.replace("namespace: ns", "namespace: other"), ""),
        Arguments.of(
            "STATIC",
            selector,
            workload("vm", "2.2.2.2", "app: wle", "ports: {http-port: 1, other: 2}"),
            "80>2.2.2.2:1 8080>2.2.2.2:8080"),
        Arguments.of(
            "STATIC",
            "workloadSelector: {labels: {}}",
            plain,
            "80>2.2.2.2:18080 8080>2.2.2.2:8080"),
        Arguments.of(
            "STATIC",
            selector,
            plain + workload("vm2", "2.2.2.2", "app: wle", ""),
            "80>2.2.2.2:18080 80>2.2.2.2:18080 8080>2.2.2.2:8080 8080>2.2.2.2:8080"),
        Arguments.of("STATIC", selector, workload("vm", "vm.test", "app: wle", ""), ""),
        Arguments.of("STATIC", selector, workload("vm", "'unix:///a/b'", "app: wle", ""), ""),
        Arguments.of(
            "DNS",
            selector,
            workload("vm", "vm.test", "app: wle", ""),
            "80>vm.test:18080 8080>vm.test:8080"),
        Arguments.of(
            "DNS_ROUND_ROBIN",
            selector,
            plain + workload("vm2", "3.3.3.3", "app: wle", ""),
            "80>2.2.2.2:18080 8080>2.2.2.2:8080"));
  }

  @ParameterizedTest
  @MethodSource("selections")
  void aSelectorFindsWorkloadEntries(
      String resolution, String selector, String workloads, String expected) {
    assertThat(endpoints(load(entry("se", resolution, selector), workloads), "host.test"))
        .isEqualTo(expected);
    assertThat(endpoints(load(workloads, entry("se", resolution, selector)), "host.test"))
        .isEqualTo(expected);
  }

  @Test
  void entriesOfOneHostAreConcatenatedOldestFirst() {
    String young = entry("a", "STATIC", "endpoints: [{address: 1.1.1.1}]");
    String old = aged(entry("b", "STATIC", "endpoints: [{address: 2.2.2.2}]"), "2020-01-01");
    assertThat(endpoints(load(aged(young, "2021-01-01"), old), "host.test"))
        .isEqualTo("80>2.2.2.2:18080 80>1.1.1.1:18080 8080>2.2.2.2:8080 8080>1.1.1.1:8080");
  }

  @Test
  void everyAddressOfAHostIsAnAddressOfItsService() {
    RegistrySnapshot snapshot =
        load(entry("se", "STATIC", "addresses: [10.0.0.1, 10.0.1.0/24, 10.0.2.1/32]"));
    MeshService service = snapshot.servicesByHost("host.test").get(0);
    assertThat(service.addresses()).containsExactly("10.0.0.1", "10.0.1.0/24", "10.0.2.1");
    assertThat(service.ports()).extracting(MeshPort::number, MeshPort::name).hasSize(2);
  }

  @Test
  void theMeshSaysWhoSeesAServiceThatDoesNot() {
    String mesh =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: istio, namespace: istio-system}
        data:
          mesh: |
            defaultServiceExportTo: ["."]
        ---
        """;
    String open = entry("open", "STATIC", "exportTo: ['*']").replace("host.test", "open.test");
    RegistrySnapshot snapshot = load(entry("se", "STATIC", ""), open, mesh);
    MeshService service = snapshot.servicesByHost("host.test").get(0);
    assertThat(service.isVisibleIn("ns")).isTrue();
    assertThat(service.isVisibleIn("other")).isFalse();
    assertThat(snapshot.servicesByHost("open.test").get(0).isVisibleIn("other")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what the mesh says at most | exportTo | seen in its own namespace | in another
        "defaultVisibility: NAMESPACE | '*' | true | false",
        "defaultVisibility: NAMESPACE | . | true | false",
        "defaultVisibility: NAMESPACE | ns | true | false",
        "defaultVisibility: NAMESPACE | other | false | false",
        "defaultVisibility: NAMESPACE | ~ | false | false",
        "defaultVisibility: NONE | '*' | false | false",
        "defaultVisibility: PUBLIC | '*' | true | true",
        "defaultVisibility: PUBLIC | . | true | false",
        "defaultVisibility: VISIBILITY_UNSPECIFIED | '*' | true | true",
        "{} | '*' | true | true",
        "policies: [{visibility: NONE}] | '*' | false | false",
        "policies: [{visibility: NAMESPACE, matchingRules: [{}]}] | '*' | true | true",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchLabels: {team:"
            + " a}}}]}] | '*' | false | false",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchLabels: {team:"
            + " b}}}]}] | '*' | true | true",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchLabels: {team:"
            + " a}}}, {}]}] | '*' | true | true",
        "policies: [{visibility: NAMESPACE, matchingRules: [{namespaceSelector: {matchLabels:"
            + " {team: a}}}]}, {visibility: NONE}] | '*' | true | false",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchLabels:"
            + " {kubernetes.io/metadata.name: ns}}}]}] | '*' | false | false",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchExpressions:"
            + " [{key: team, operator: In, values: [a]}]}}]}] | '*' | false | false",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchExpressions:"
            + " [{key: team, operator: NotIn, values: [a]}]}}]}] | '*' | true | true",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchExpressions:"
            + " [{key: no, operator: NotIn, values: [a]}]}}]}] | '*' | false | false",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchExpressions:"
            + " [{key: team, operator: Exists}]}}]}] | '*' | false | false",
        "policies: [{visibility: NONE, matchingRules: [{namespaceSelector: {matchExpressions:"
            + " [{key: team, operator: DoesNotExist}]}}]}] | '*' | true | true"
      })
  void theMeshSaysHowFarServiceEntriesAreSeenAtMost(
      String most, String exportTo, boolean atHome, boolean elsewhere) {
    String mesh =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: istio, namespace: istio-system}
        data:
          mesh: |
            serviceEntryVisibility:
              applyToSidecars: true
              %s
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: ns, labels: {team: a}}
        ---
        """
            .formatted(most.equals("{}") ? "" : most);
    String kubernetes =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: k, namespace: ns}
        spec: {ports: [{port: 80}]}
        ---
        """;
    String entry = entry("se", "STATIC", "exportTo: ['%s']".formatted(exportTo));
    RegistrySnapshot snapshot = load(entry, kubernetes, mesh);
    MeshService service = snapshot.servicesByHost("host.test").get(0);
    assertThat(service.isVisibleIn("ns")).isEqualTo(atHome);
    assertThat(service.isVisibleIn("other")).isEqualTo(elsewhere);
    RegistrySnapshot nodesOnly =
        load(entry, mesh.replace("applyToSidecars: true", "applyToSidecars: false"));
    assertThat(nodesOnly.servicesByHost("host.test").get(0).exportTo()).containsExactly(exportTo);
    assertThat(snapshot.servicesByHost("k.ns.svc.cluster.local").get(0).isVisibleIn("other"))
        .isTrue();
  }

  @Test
  void exportToNobodyBeatsNamespacesButNotEverybody() {
    String kubernetes =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: k, namespace: ns, annotations: {networking.istio.io/exportTo: "%s"}}
        spec: {ports: [{port: 80}]}
        ---
        """;
    MeshService named = load(kubernetes.formatted("~,.,other")).services().iterator().next();
    assertThat(named.isVisibleIn("ns")).isFalse();
    assertThat(named.isVisibleIn("other")).isFalse();
    MeshService all = load(kubernetes.formatted("~,*")).services().iterator().next();
    assertThat(all.isVisibleIn("ns")).isTrue();
  }

  private static String entry(String name, String resolution, String more) {
    return """
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: %s, namespace: ns}
    spec:
      hosts: [host.test]
      resolution: %s
      %s
    %s
    ---
    """
        .formatted(name, resolution, more, PORTS);
  }

  private static String workload(String name, String address, String labels, String more) {
    return """
    apiVersion: networking.istio.io/v1
    kind: WorkloadEntry
    metadata: {name: %s, namespace: ns}
    spec:
      address: %s
      labels: {%s}
      %s
    ---
    """
        .formatted(name, address, labels, more);
  }

  private static String aged(String object, String day) {
    return object.replace(
        "namespace: ns}", "namespace: ns, creationTimestamp: '" + day + "T00:00:00Z'}");
  }

  /** Each text comes as a batch of its own, in this order. */
  private static RegistrySnapshot load(String... texts) {
    MemorySource source = new MemorySource();
    try (ServiceRegistry registry =
        ServiceRegistry.builder()
            .source(source)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build()
            .start()) {
      for (String text : texts) {
        List<LocatedObject> objects = new ConfigCodec().parse("test.yaml", text).objects();
        assertThat(objects).isNotEmpty();
        objects.forEach(located -> source.put(located.object()));
      }
      return registry.snapshot();
    }
  }

  private static String endpoints(RegistrySnapshot snapshot, String host) {
    return String.join(
        " ",
        snapshot.servicesByHost(host).stream()
            .flatMap(service -> snapshot.endpoints(service.key()).stream())
            .map(IstioScenariosTest::text)
            .toList());
  }

  private static String text(MeshEndpoint endpoint) {
    return endpoint.servicePort() + ">" + endpoint.address() + ":" + endpoint.port();
  }
}
