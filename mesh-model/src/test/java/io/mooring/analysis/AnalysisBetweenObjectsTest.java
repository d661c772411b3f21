package io.mooring.analysis;

import static io.mooring.analysis.FindingCode.ENTRY_EXPIRING;
import static io.mooring.analysis.FindingCode.NETWORK_ADDRESS_AMBIGUOUS;
import static io.mooring.analysis.FindingCode.NETWORK_WITHOUT_GATEWAY;
import static io.mooring.analysis.FindingCode.PLAINTEXT_REFUSED;
import static io.mooring.analysis.FindingCode.ROUTED_HOST_TAKEN;
import static io.mooring.analysis.FindingCode.ROUTED_HOST_UNKNOWN;
import static io.mooring.analysis.FindingCode.SELECTOR_MATCHES_NOTHING;
import static io.mooring.analysis.FindingCode.SERVICE_WITHOUT_ENDPOINTS;
import static io.mooring.analysis.FindingCode.SOURCE_NOT_SYNCED;
import static io.mooring.analysis.FindingCode.SOURCE_STALE;
import static io.mooring.analysis.FindingCode.WORKLOAD_DISABLED;
import static io.mooring.analysis.FindingCode.WORKLOAD_DRAINING;
import static io.mooring.analysis.FindingCode.WORKLOAD_UNSELECTED;
import static io.mooring.analysis.FindingCode.WORKLOAD_UNUSABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.RegistryEvent;
import io.mooring.registry.RegistrySink;
import io.mooring.registry.RegistrySource;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Meshes as users break them: what policies, networks, routes and sources do to services. */
class AnalysisBetweenObjectsTest {

  private static final String SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: http, protocol: HTTP}]
        workloadSelector: {labels: {app: ratings}}
      """;
  private static final String VM =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: vm, namespace: demo}
      spec: {address: 10.0.0.1, labels: {app: ratings}, serviceAccount: ratings}
      """;
  private static final String STRICT =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default, namespace: demo}
      spec: {mtls: {mode: STRICT}}
      """;
  private static final String NETWORKS =
      """
      apiVersion: mesh.istio.io/v1alpha1
      kind: MeshNetworks
      metadata: {name: istio, namespace: istio-system}
      spec: {networks: {n2: {gateways: [{address: 192.0.2.1, port: 15443}]}}}
      """;

  private static List<Finding> analyze(String... documents) {
    ParsedConfig parsed = new ConfigCodec().parse("mesh.yaml", String.join("---\n", documents));
    assertThat(parsed.hasErrors()).as(parsed.problems().toString()).isFalse();
    MemorySource source = new MemorySource();
    source.put(parsed.objects().stream().map(LocatedObject::object).toArray(ConfigObject[]::new));
    return analyze(source);
  }

  private static List<Finding> analyze(RegistrySource source) {
    try (ServiceRegistry registry =
        ServiceRegistry.builder()
            .source(source)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build()
            .start()) {
      return MeshAnalysis.of(registry.snapshot());
    }
  }

  private static void assertFound(List<Finding> findings, FindingCode code, String... words) {
    assertThat(findings).extracting(Finding::code).contains(code);
    Finding found = findings.stream().filter(it -> it.code() == code).findFirst().orElseThrow();
    for (String word : words) {
      assertThat(found.toString()).contains(word);
    }
    assertThat(found.reason()).isNotBlank();
    assertThat(found.advice()).isNotBlank();
  }

  private static String in(String network, String name, String address) {
    return VM.replace("name: vm", "name: " + name)
        .replace("address: 10.0.0.1", (address + ", network: " + network).replaceAll("^, ", ""));
  }

  @Test
  void plainTextToAStrictWorkloadIsRefused() {
    List<Finding> findings = analyze(SERVICE, VM.replace(", serviceAccount: ratings", ""), STRICT);
    assertFound(findings, PLAINTEXT_REFUSED, "vm", "names no service account", "demo/default");
    assertThat(analyze(SERVICE, VM, STRICT)).isEmpty();
    assertThat(
            analyze(
                SERVICE,
                VM.replace(", serviceAccount: ratings", ""),
                STRICT.replace("STRICT", "PERMISSIVE")))
        .isEmpty();
  }

  @Test
  void policyOfTheWorkloadExceptsItFromThatOfTheNamespace() {
    String own =
        STRICT
            .replace("name: default", "name: own")
            .replace(
                "{mtls: {mode: STRICT}}",
                "{selector: {matchLabels: {app: ratings}}, mtls: {mode: PERMISSIVE}}");
    assertThat(analyze(SERVICE, VM.replace(", serviceAccount: ratings", ""), STRICT, own))
        .isEmpty();
    String port = own.replace("PERMISSIVE}", "PERMISSIVE}, portLevelMtls: {9080: {mode: STRICT}}");
    assertFound(
        analyze(SERVICE, VM.replace(", serviceAccount: ratings", ""), port), PLAINTEXT_REFUSED);
  }

  @Test
  void ruleThatTurnsMutualTlsOffBreaksAStrictService() {
    String rule =
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: plain, namespace: demo}
        spec: {host: ratings, trafficPolicy: {tls: {mode: DISABLE}}}
        """;
    assertFound(
        analyze(SERVICE, VM, STRICT.replace("namespace: demo", "namespace: istio-system"), rule),
        PLAINTEXT_REFUSED,
        "DestinationRule/demo/plain",
        "istio-system");
    assertThat(analyze(SERVICE, VM, rule)).isEmpty();
  }

  @Test
  void networkWithoutAGatewayIsTold() {
    assertFound(
        analyze(
            SERVICE, in("n1", "one", "address: 10.0.0.1"), in("n2", "two", "address: 10.0.0.2")),
        NETWORK_WITHOUT_GATEWAY,
        "network 'n1' has no gateway",
        "[n2]");
    assertThat(analyze(SERVICE, in("n1", "one", "address: 10.0.0.1"))).isEmpty();
  }

  @Test
  void addressOfTwoNetworksIsToldUnlessGatewaysTellThemApart() {
    String one = in("n1", "one", "address: 10.0.0.1");
    String two = in("n2", "two", "address: 10.0.0.1");
    assertFound(
        analyze(SERVICE, one, two, NETWORKS),
        NETWORK_ADDRESS_AMBIGUOUS,
        "'n1' and 'n2'",
        "10.0.0.1:9080");
    String both =
        NETWORKS.replace("{n2:", "{n1: {gateways: [{address: 192.0.2.2, port: 15443}]}, n2:");
    assertThat(analyze(SERVICE, one, two, both)).isEmpty();
  }

  @Test
  void workloadWithoutAnAddressNeedsAGatewayOfItsNetwork() {
    assertFound(
        analyze(SERVICE, in("n2", "vm", "")), WORKLOAD_UNUSABLE, "network 'n2' has no gateway");
    assertThat(analyze(SERVICE, in("n2", "vm", ""), NETWORKS)).isEmpty();
  }

  @Test
  void selectorsOfEveryPolicyAreComparedWithTheWorkloads() {
    for (String kind : List.of("AuthorizationPolicy", "RequestAuthentication")) {
      assertFound(
          analyze(
              SERVICE,
              VM,
              """
              apiVersion: security.istio.io/v1
              kind: %s
              metadata: {name: p, namespace: demo}
              spec: {selector: {matchLabels: {app: raitngs}}}
              """
                  .formatted(kind)),
          SELECTOR_MATCHES_NOTHING,
          kind,
          "the nearest is WorkloadEntry/demo/vm, label app is 'ratings' (expected: 'raitngs')");
    }
  }

  @Test
  void sidecarsAreComparedWithWorkloadsAndServices() {
    String sidecar =
        """
        apiVersion: networking.istio.io/v1
        kind: Sidecar
        metadata: {name: s, namespace: demo}
        spec:
          workloadSelector: {labels: {app: %s}}
          egress: [{hosts: [%s]}]
        """;
    assertThat(
            analyze(SERVICE, VM, sidecar.formatted("ratings", "./*, '*/*.svc.cluster.local', ~/*")))
        .isEmpty();
    List<Finding> findings = analyze(SERVICE, VM, sidecar.formatted("nothing", "nons/*"));
    assertThat(findings)
        .extracting(Finding::code)
        .containsExactly(SELECTOR_MATCHES_NOTHING, SELECTOR_MATCHES_NOTHING);
    assertThat(findings.toString()).contains("egress host 'nons/*' is no service");
  }

  private static String route(String name, String host) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: %s, namespace: demo}
    spec: {hosts: [%s], http: [{route: [{destination: {host: ratings}}]}]}
    """
        .formatted(name, host);
  }

  @Test
  void virtualServiceForAHostThatIsNoServiceOrTakenIsTold() {
    assertFound(
        analyze(SERVICE, VM, route("a", "raitngs")),
        ROUTED_HOST_UNKNOWN,
        "raitngs.demo.svc.cluster.local");
    assertFound(
        analyze(SERVICE, VM, route("a", "ratings"), route("b", "ratings.demo.svc.cluster.local")),
        ROUTED_HOST_TAKEN,
        "VirtualService/demo/b",
        "VirtualService/demo/a, which is older");
    assertThat(analyze(SERVICE, VM, route("a", "ratings"))).isEmpty();
  }

  @Test
  void misspelledLabelAndTheServiceThatWantsItAreTold() {
    List<Finding> findings = analyze(SERVICE, VM.replace("app: ratings", "app: raitngs"));
    assertFound(
        findings,
        WORKLOAD_UNSELECTED,
        "the nearest is ServiceEntry/demo/ratings, label app is 'raitngs' (expected: 'ratings')");
    assertFound(findings, SERVICE_WITHOUT_ENDPOINTS, "the nearest is WorkloadEntry/demo/vm");
  }

  @Test
  void workloadOfAnotherNamespaceIsToldToBothSides() {
    List<Finding> findings = analyze(SERVICE, VM.replace("namespace: demo", "namespace: prod"));
    assertFound(findings, WORKLOAD_UNSELECTED, "ServiceEntry/demo/ratings does, but of namespace");
    assertFound(
        findings, SERVICE_WITHOUT_ENDPOINTS, "bring service and workloads into one namespace");
  }

  @Test
  void serviceWhoseWorkloadsCannotBeUsedPointsAtThem() {
    List<Finding> findings = analyze(SERVICE, VM.replace("10.0.0.1", "vm.example.org"));
    assertFound(findings, SERVICE_WITHOUT_ENDPOINTS, "see what is found of these workloads");
    assertFound(findings, WORKLOAD_UNUSABLE, "'vm.example.org' is no IP");
  }

  @Test
  void whatOperatorsWantOfAWorkloadIsTold() {
    String annotated =
        VM.replace(
            "namespace: demo}", "namespace: demo, annotations: {mooring.io/admin-state: %s}}");
    assertFound(analyze(SERVICE, annotated.formatted("draining")), WORKLOAD_DRAINING);
    assertFound(
        analyze(SERVICE, VM, annotated.formatted("disabled").replace("name: vm", "name: vm2")),
        WORKLOAD_DISABLED);
    List<Finding> departed =
        analyze(
            SERVICE,
            VM,
            annotated
                .formatted("disabled, mooring.io/departed: 'true'")
                .replace("name: vm", "name: gone"));
    assertThat(departed).extracting(Finding::code).containsExactly(WORKLOAD_DISABLED);
    assertThat(departed.toString()).contains("its VM has gone");
  }

  @Test
  void entryThatItsHolderHasLetGoExpires() {
    String released =
        VM.replace(
            "namespace: demo}",
            "namespace: demo, annotations: {istio.io/autoRegistrationGroup: g,"
                + " istio.io/workloadController: r-1, mooring.io/released: 'true'}}");
    assertFound(analyze(SERVICE, released), ENTRY_EXPIRING, "grace period");
  }

  /** A source that says what a test tells it to. */
  private record Scripted(List<RegistryEvent> events) implements RegistrySource {
    @Override
    public String name() {
      return "consul";
    }

    @Override
    public void start(RegistrySink sink) {
      sink.accept(events);
    }

    @Override
    public void close() {}
  }

  @Test
  void sourcesThatAreDownOrLateAreTold() {
    RegistryEvent stale = new RegistryEvent.Stale("connection refused");
    assertFound(
        analyze(new Scripted(Arrays.asList(new RegistryEvent.Synced(), stale))),
        SOURCE_STALE,
        "consul",
        "connection refused");
    assertFound(analyze(new Scripted(List.of(stale))), SOURCE_NOT_SYNCED, "consul");
    assertThat(analyze(new Scripted(List.of(new RegistryEvent.Synced())))).isEmpty();
  }
}
