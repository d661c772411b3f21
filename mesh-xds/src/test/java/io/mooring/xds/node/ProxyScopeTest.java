package io.mooring.xds.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.networking.Subset;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyScopeTest {

  private final MemorySource source = new MemorySource();
  private final ServiceRegistry registry =
      ServiceRegistry.builder()
          .source(source)
          .writer(Runnable::run)
          .delivery(Runnable::run)
          .build()
          .start();

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void ownNamespaceWinsOverAnOlderServiceOfTheSameHost() {
    serviceEntry("old", "2020-01-01", "*");
    serviceEntry("demo", "2024-01-01", "*");

    assertThat(namespaceSeenFrom("demo")).isEqualTo("demo");
    assertThat(namespaceSeenFrom("shop")).isEqualTo("old");
  }

  @Test
  void kubernetesServiceBeatsAnOlderServiceEntryOfAnotherNamespace() {
    serviceEntryOf("x.kube.svc.cluster.local", "old", "2020-01-01", "*");
    put(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: x, namespace: kube, creationTimestamp: "2024-01-01T00:00:00Z"}
        spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]}
        """);

    assertThat(scope("shop").service("x.kube.svc.cluster.local").map(MeshService::namespace))
        .contains("kube");
  }

  @Test
  void serviceExportedByNameBeatsAnOlderPublicOne() {
    serviceEntry("old", "2020-01-01", "*");
    serviceEntry("friend", "2024-01-01", "shop");

    assertThat(namespaceSeenFrom("shop")).isEqualTo("friend");
    assertThat(namespaceSeenFrom("demo")).isEqualTo("old");
  }

  @Test
  void entriesOfOneHostAndNamespaceAreSeenByThoseThatEachIsExportedTo() {
    exported("everybody", "2020-01-01", "*", "10.0.0.1");
    exported("home", "2021-01-01", ".", "10.0.0.2");
    exported("shop", "2022-01-01", "shop", "10.0.0.3");
    exported("nobody", "2019-01-01", "~", "10.0.0.4");

    assertThat(addressesSeenFrom("elsewhere")).containsExactly("10.0.0.1");
    assertThat(addressesSeenFrom("demo")).containsExactly("10.0.0.2");
    assertThat(addressesSeenFrom("shop")).containsExactly("10.0.0.3");
    for (String namespace : List.of("elsewhere", "demo", "shop")) {
      assertThat(scope(namespace).services()).hasSize(1);
    }
  }

  private void exported(String name, String created, String exportTo, String address) {
    put(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: %s, namespace: demo, creationTimestamp: "%sT00:00:00Z"}
        spec:
          hosts: [x.example.com]
          exportTo: ["%s"]
          resolution: STATIC
          ports: [{number: 80, name: http, protocol: HTTP}]
          endpoints: [{address: %s}]
        """
            .formatted(name, created, exportTo, address));
  }

  private List<String> addressesSeenFrom(String namespace) {
    ProxyScope scope = scope(namespace);
    return scope.endpoints(scope.service("x.example.com").orElseThrow()).stream()
        .map(MeshEndpoint::address)
        .toList();
  }

  @Test
  void serviceThatIsNotExportedIsSeenAtHomeOnly() {
    serviceEntry("demo", "2020-01-01", ".");

    assertThat(scope("demo").services()).hasSize(1);
    assertThat(scope("shop").services()).isEmpty();
    assertThat(scope("shop").service("x.example.com")).isEmpty();
  }

  @Test
  void ruleOfTheClientBeatsThatOfTheServiceAndIsNotMergedWithIt() {
    serviceEntry("demo", "2020-01-01", "*");
    destinationRule("demo", "theirs", "x.example.com", "of-service");
    destinationRule("shop", "ours", "x.example.com", "of-client");
    destinationRule("istio-system", "root", "x.example.com", "of-root");

    assertThat(subsetsSeenFrom("shop")).containsExactly("of-client");
    assertThat(subsetsSeenFrom("elsewhere")).containsExactly("of-service");
  }

  @Test
  void ruleOfTheRootNamespaceHoldsWhereNobodyElseHasOne() {
    serviceEntry("demo", "2020-01-01", "*");
    destinationRule("istio-system", "root", "*.example.com", "of-root");

    assertThat(subsetsSeenFrom("shop")).containsExactly("of-root");
  }

  @Test
  void exactHostBeatsWildcardsAndTheLongerWildcardTheShorter() {
    serviceEntry("demo", "2020-01-01", "*");
    destinationRule("demo", "a-any", "*", "any");
    assertThat(subsetsSeenFrom("demo")).containsExactly("any");
    destinationRule("demo", "b-wide", "*.com", "wide");
    assertThat(subsetsSeenFrom("demo")).containsExactly("wide");
    destinationRule("demo", "c-exact", "x.example.com", "exact");
    assertThat(subsetsSeenFrom("demo")).containsExactly("exact");
  }

  @Test
  void rulesOfOneHostAndNamespaceAreMergedAndTheOlderSubsetStays() {
    serviceEntry("demo", "2020-01-01", "*");
    destinationRule("demo", "a", "x.example.com", "v1");
    destinationRule("demo", "b", "x.example.com", "v1");
    destinationRule("demo", "c", "x.example.com", "v2");

    assertThat(subsetsSeenFrom("demo")).containsExactly("v1", "v2");
  }

  @Test
  void ruleForSomeWorkloadsIsForThemOnlyAndBeatsTheGeneralOne() {
    serviceEntry("demo", "2020-01-01", "*");
    destinationRule("demo", "a-general", "x.example.com", "general");
    put(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: b-some, namespace: demo}
        spec:
          host: x.example.com
          workloadSelector: {matchLabels: {app: web}}
          subsets: [{name: some, labels: {}}]
        """);

    assertThat(subsets(scope("demo"), Map.of("app", "web"))).containsExactly("some");
    assertThat(subsets(scope("demo"), Map.of("app", "db"))).containsExactly("general");
    assertThat(scope("demo").hasRulesByLabel()).isTrue();
  }

  @Test
  void virtualServiceWithTheMoreSpecificHostShapesTheTraffic() {
    virtualService("wide", "*.example.com", "mesh");
    virtualService("exact", "x.example.com", "mesh");
    virtualService("gateway", "y.example.com", "edge");

    assertThat(nameOfRules("x.example.com")).isEqualTo("exact");
    assertThat(nameOfRules("y.example.com")).isEqualTo("wide");
  }

  private String nameOfRules(String host) {
    return scope("demo").virtualService(host).orElseThrow().metadata().name();
  }

  private Iterable<String> subsetsSeenFrom(String namespace) {
    return subsets(scope(namespace), Map.of());
  }

  private static Iterable<String> subsets(ProxyScope scope, Map<String, String> labels) {
    MeshService service = scope.service("x.example.com").orElseThrow();
    return scope.destinationPolicy(service, labels).orElseThrow().subsets().stream()
        .map(Subset::name)
        .toList();
  }

  private String namespaceSeenFrom(String namespace) {
    assertThat(scope(namespace).services()).hasSize(1);
    return scope(namespace).service("x.example.com").orElseThrow().namespace();
  }

  private void serviceEntry(String namespace, String created, String exportTo) {
    serviceEntryOf("x.example.com", namespace, created, exportTo);
  }

  private void serviceEntryOf(String host, String namespace, String created, String exportTo) {
    put(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: x, namespace: %s, creationTimestamp: "%sT00:00:00Z"}
        spec:
          hosts: [%s]
          exportTo: ["%s"]
          resolution: STATIC
          ports: [{number: 80, name: http, protocol: HTTP}]
        """
            .formatted(namespace, created, host, exportTo));
  }

  private void destinationRule(String namespace, String name, String host, String subset) {
    put(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: %s, namespace: %s}
        spec: {host: "%s", subsets: [{name: %s, labels: {a: b}}]}
        """
            .formatted(name, namespace, host, subset));
  }

  private void virtualService(String name, String host, String gateway) {
    put(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %s, namespace: demo}
        spec: {hosts: ["%s"], gateways: [%s], http: [{route: [{destination: {host: a.b}}]}]}
        """
            .formatted(name, host, gateway));
  }

  private void put(String yaml) {
    new ConfigCodec()
        .parse("test.yaml", yaml)
        .objects()
        .forEach(located -> source.put(located.object()));
  }

  private ProxyScope scope(String namespace) {
    return ProxyScope.of(registry.snapshot(), namespace);
  }
}
