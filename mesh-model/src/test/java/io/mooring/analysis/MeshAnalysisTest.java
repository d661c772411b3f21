package io.mooring.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshAnalysisTest {

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
        workloadSelector: {labels: {app: ratings, version: v1}}
      """;
  private static final String VM =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: vm, namespace: demo}
      spec: {address: 10.0.0.1, labels: {app: ratings, version: v1}, serviceAccount: ratings}
      """;
  private static final String GROUP =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: {name: ratings, namespace: demo}
      spec:
        metadata: {labels: {app: ratings, version: v1}}
        template: {serviceAccount: ratings}
      """;
  private static final String RULE =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: ratings, namespace: demo}
      spec:
        host: ratings
        subsets: [{name: v1, labels: {version: v1}}]
      """;
  private static final String ROUTE =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings]
        http: [{route: [{destination: {host: ratings, subset: v1, port: {number: 9080}}}]}]
      """;
  private static final String POLICY =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: ratings, namespace: demo}
      spec: {selector: {matchLabels: {app: ratings}}, mtls: {mode: STRICT}}
      """;

  private static List<Finding> analyze(String... documents) {
    ParsedConfig parsed = new ConfigCodec().parse("mesh.yaml", String.join("---\n", documents));
    assertThat(parsed.problems()).isEmpty();
    MemorySource source = new MemorySource();
    source.put(parsed.objects().stream().map(LocatedObject::object).toArray(ConfigObject[]::new));
    try (ServiceRegistry registry =
        ServiceRegistry.builder()
            .source(source)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build()
            .start()) {
      RegistrySnapshot snapshot = registry.snapshot();
      return MeshAnalysis.of(snapshot);
    }
  }

  private static Finding only(String... documents) {
    List<Finding> findings = analyze(documents);
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  private static void assertFinding(Finding finding, FindingCode code, String... words) {
    assertThat(finding.code()).isEqualTo(code);
    assertThat(finding.toString()).contains(words);
    assertThat(finding.advice()).isNotBlank();
  }

  @Test
  void meshThatFitsTogetherHasNoFindings() {
    assertThat(analyze(SERVICE, VM, GROUP, RULE, ROUTE, POLICY)).isEmpty();
  }

  @Test
  void workloadThatMissesASelectorByOneLabelIsTold() {
    List<Finding> findings = analyze(SERVICE, VM.replace("version: v1", "version: v2"));
    assertThat(findings)
        .extracting(Finding::code)
        .containsExactly(FindingCode.SERVICE_WITHOUT_ENDPOINTS, FindingCode.WORKLOAD_UNSELECTED);
    assertThat(findings.get(0).toString())
        .contains("nearest is WorkloadEntry/demo/vm", "version is 'v2' (expected: 'v1')");
    assertThat(findings.get(1).toString())
        .startsWith("warning: WORKLOAD_UNSELECTED: WorkloadEntry/demo/vm: ")
        .contains("nearest is ServiceEntry/demo/ratings", "version is 'v2' (expected: 'v1')");
  }

  @Test
  void workloadsOfAnotherNamespaceDoNotCountAndAreNamed() {
    List<Finding> findings = analyze(SERVICE, VM.replace("namespace: demo", "namespace: other"));
    assertFinding(
        findings.get(0),
        FindingCode.SERVICE_WITHOUT_ENDPOINTS,
        "in another one",
        "WorkloadEntry/other/vm");
  }

  @Test
  void serviceThatNothingIsLikeSaysSo() {
    assertFinding(
        only(SERVICE),
        FindingCode.SERVICE_WITHOUT_ENDPOINTS,
        "no workload of namespace 'demo' has {app=ratings, version=v1}");
  }

  @Test
  void serviceWhosePodsNoSourceHasSaysSo() {
    String kubernetes =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: ratings, namespace: demo}
        spec: {selector: {app: ratings}, ports: [{name: http, port: 80}]}
        """;
    String slice =
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: ratings-1, namespace: demo, labels: {kubernetes.io/service-name: ratings}}
        addressType: IPv4
        ports: [{name: http, port: 80}]
        endpoints: [{addresses: [10.0.0.1], targetRef: {kind: Pod, name: gone}}]
        """;
    assertFinding(
        only(kubernetes, slice),
        FindingCode.SERVICE_WITHOUT_ENDPOINTS,
        "are not ready, or are pods that no source has");
  }

  @Test
  void staticServiceWithoutEndpointsAndSelectorIsToldFromOneThatPassesThrough() {
    String inline = SERVICE.replaceAll("  workloadSelector.*\n", "");
    assertFinding(
        only(inline), FindingCode.SERVICE_WITHOUT_ENDPOINTS, "it lists none and selects none");
    assertThat(analyze(inline.replace("STATIC", "NONE"))).isEmpty();
  }

  @Test
  void unhealthyWorkloadExplainsItsService() {
    String checked =
        VM.replace(
            "namespace: demo}",
            "namespace: demo, annotations: {proxy.istio.io/health-checks-enabled: 'true'}}");
    List<Finding> findings = analyze(SERVICE, checked);
    assertFinding(
        findings.get(0),
        FindingCode.SERVICE_WITHOUT_ENDPOINTS,
        "none of the workloads that it selects can be used: WorkloadEntry/demo/vm");
    assertFinding(findings.get(1), FindingCode.WORKLOAD_UNHEALTHY, "WorkloadEntry/demo/vm");
    assertThat(findings).hasSize(2);
  }

  @Test
  void workloadWithAServiceButWithoutAnIpIsUnusable() {
    List<Finding> findings = analyze(SERVICE, VM.replace("10.0.0.1", "vm.example.org"));
    assertThat(findings)
        .filteredOn(finding -> finding.code() == FindingCode.WORKLOAD_UNUSABLE)
        .singleElement()
        .asString()
        .contains("'vm.example.org' is no IP", "STATIC");
  }

  @Test
  void portThatNoServiceNamesIsUnused() {
    assertFinding(
        only(SERVICE, VM.replace("serviceAccount", "ports: {htpp: 8080}, serviceAccount")),
        FindingCode.WORKLOAD_PORT_UNUSED,
        "port 'htpp' is 8080",
        "[http]");
    assertThat(
            analyze(SERVICE, VM.replace("serviceAccount", "ports: {http: 8080}, serviceAccount")))
        .isEmpty();
  }

  @Test
  void namedTargetPortThatTheWorkloadLacksLeavesThePortWithoutEndpoints() {
    String service =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: ratings, namespace: demo}
        spec:
          selector: {app: ratings}
          ports: [{name: http, port: 80, targetPort: web}, {name: grpc, port: 90}]
        """;
    assertFinding(
        only(service, VM), FindingCode.PORT_WITHOUT_ENDPOINTS, "Service/demo/ratings", "port 80");
    assertThat(analyze(service, VM.replace("serviceAccount", "ports: {web: 8080}, serviceAccount")))
        .isEmpty();
  }

  @Test
  void identityThatTheServiceDoesNotDeclareIsRefusedByClients() {
    assertFinding(
        only(SERVICE + "  subjectAltNames: ['spiffe://cluster.local/ns/demo/sa/other']\n", VM),
        FindingCode.IDENTITY_NOT_DECLARED,
        "spiffe://cluster.local/ns/demo/sa/ratings",
        "spiffe://cluster.local/ns/demo/sa/other");
  }

  @Test
  void entryOfAGroupHasTheGroupsAccount() {
    String registered =
        VM.replace(
            "namespace: demo}",
            "namespace: demo, annotations: {istio.io/autoRegistrationGroup: ratings,"
                + " istio.io/workloadController: replica-1}}");
    assertThat(analyze(SERVICE, registered, GROUP)).isEmpty();
    assertFinding(
        only(SERVICE, registered, GROUP.replace("serviceAccount: ratings", "serviceAccount: new")),
        FindingCode.IDENTITY_NOT_OF_GROUP,
        "'ratings'",
        "'new'");
    assertFinding(
        only(SERVICE, registered), FindingCode.GROUP_MISSING, "WorkloadGroup/demo/ratings");
  }

  @Test
  void twoEntriesOfOneServiceAtOneAddressAreOneTooMany() {
    String twin = VM.replace("name: vm", "name: vm2");
    assertFinding(
        only(SERVICE, VM, twin),
        FindingCode.WORKLOAD_ADDRESS_SHARED,
        "WorkloadEntry/demo/vm2",
        "WorkloadEntry/demo/vm ",
        "10.0.0.1");
    assertThat(analyze(SERVICE, VM, twin.replace("address:", "network: b, address:"))).isEmpty();
  }

  @Test
  void groupThatNoServiceSelectsIsTold() {
    assertFinding(
        only(SERVICE, VM, GROUP.replace("app: ratings", "app: rating")),
        FindingCode.GROUP_UNSELECTED,
        "WorkloadGroup/demo/ratings",
        "app is 'rating' (expected: 'ratings')");
  }

  @Test
  void templateIsReadForWhatItCannotMean() {
    String group =
        GROUP.replace(
            "template: {serviceAccount: ratings}",
            "template: {address: 10.0.0.9, ports: {htpp: 1}}");
    assertThat(analyze(SERVICE, VM, group))
        .extracting(Finding::code)
        .containsExactly(
            FindingCode.GROUP_PORT_UNUSED,
            FindingCode.GROUP_ADDRESS_UNUSED,
            FindingCode.GROUP_ACCOUNT_DEFAULT);
  }

  @Test
  void subsetThatMatchesNoVmNamesTheLabelsThatThereAre() {
    assertFinding(
        only(SERVICE, VM, RULE.replace("version: v1", "version: v3")),
        FindingCode.SUBSET_WITHOUT_ENDPOINTS,
        "subset 'v1' wants {version=v3}, the endpoints have {version=[v1]}");
  }

  @Test
  void ruleForAHostThatIsNoServiceIsTold() {
    assertFinding(
        only(SERVICE, VM, RULE.replace("host: ratings", "host: rating")),
        FindingCode.HOST_UNKNOWN,
        "'rating.demo.svc.cluster.local'");
  }

  @Test
  void routeToAnUnknownHostPortOrSubsetIsTold() {
    assertFinding(
        only(SERVICE, VM, RULE, ROUTE.replace("host: ratings,", "host: rating,")),
        FindingCode.HOST_UNKNOWN,
        "503");
    assertFinding(
        only(SERVICE, VM, RULE, ROUTE.replace("number: 9080", "number: 9081")),
        FindingCode.PORT_UNKNOWN,
        "no port 9081; it has [9080]");
    assertFinding(
        only(SERVICE, VM, RULE, ROUTE.replace("subset: v1", "subset: v2")),
        FindingCode.SUBSET_UNKNOWN,
        "subset 'v2'",
        "[v1]");
  }

  @Test
  void routeToAServiceOfAnotherNamespaceNeedsItsExport() {
    String away =
        ROUTE
            .replace("namespace: demo", "namespace: away")
            .replace("hosts: [ratings]", "hosts: [ratings.demo.svc.cluster.local]")
            .replace("host: ratings,", "host: ratings.demo.svc.cluster.local,");
    assertThat(analyze(SERVICE, VM, RULE, away)).isEmpty();
    assertFinding(
        only(SERVICE + "  exportTo: ['.']\n", VM, RULE, away),
        FindingCode.HOST_NOT_EXPORTED,
        "'away'");
  }

  @Test
  void policyThatSelectsNothingIsTold() {
    assertFinding(
        only(SERVICE, VM, POLICY.replace("app: ratings", "app: rating")),
        FindingCode.SELECTOR_MATCHES_NOTHING,
        "no workload has {app=rating}; the nearest is WorkloadEntry/demo/vm");
    assertThat(analyze(SERVICE, VM, GROUP, POLICY)).isEmpty();
  }

  @Test
  void entryOfAVmThatHasLeftWillGo() {
    String left =
        VM.replace(
            "namespace: demo}",
            "namespace: demo, annotations: {istio.io/autoRegistrationGroup: ratings}}");
    assertFinding(only(SERVICE, left, GROUP), FindingCode.ENTRY_EXPIRING, "WorkloadEntry/demo/vm");
  }

  @Test
  void workloadThatAnOperatorDisabledIsInformationAlone() {
    String disabled =
        VM.replace(
            "namespace: demo}",
            "namespace: demo, annotations: {mooring.io/admin-state: disabled}}");
    assertThat(analyze(SERVICE, VM.replace("vm", "vm2").replace("0.0.1", "0.0.2"), disabled))
        .allSatisfy(finding -> assertThat(finding.code()).isEqualTo(FindingCode.WORKLOAD_DISABLED));
  }

  @Test
  void readyPodIsAWorkloadToo() {
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: pod, namespace: demo, labels: {app: ratings, version: v1}}
        spec: {serviceAccountName: ratings, containers: [{name: app}]}
        status: {phase: Running, podIP: 10.0.0.3, conditions: [{type: Ready, status: 'True'}]}
        """;
    assertThat(analyze(SERVICE, pod, RULE, ROUTE, POLICY)).isEmpty();
    assertThat(analyze(SERVICE, pod.replace("'True'", "'False'")))
        .singleElement()
        .asString()
        .contains("SERVICE_WITHOUT_ENDPOINTS", "Pod/demo/pod");
  }

  @Test
  void twoNamespacesThatClaimAHostAreAConflict() {
    String other = SERVICE.replace("namespace: demo", "namespace: other");
    assertThat(analyze(SERVICE, VM, other, VM.replace("namespace: demo", "namespace: other")))
        .singleElement()
        .asString()
        .contains("CONFLICT: ServiceEntry/other/ratings", "which wins");
  }
}
