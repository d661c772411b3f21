package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.kubernetes.IntOrString;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.StringMatch;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.WorkloadEntry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigCodecTest {

  private static final String ENTRY =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata:
        name: vm-%s
      spec:
        address: 10.0.0.%s
      """;

  private static final String KINDS =
      "AuthorizationPolicy, DestinationRule, EndpointSlice, Gateway, MeshConfig, MeshNetworks,"
          + " Namespace, PeerAuthentication, Pod, ProxyConfig, RequestAuthentication, Service,"
          + " ServiceEntry, Sidecar, VirtualService, WorkloadEntry, WorkloadGroup";

  private final ConfigCodec codec = new ConfigCodec();

  @Test
  void badDocumentDoesNotHideItsNeighbours() {
    ParsedConfig config =
        codec.parse(
            "all.yaml",
            String.join(
                "---\n",
                ENTRY.formatted("1", "1"),
                ENTRY.formatted("2", "2").replace("address", "adress"),
                "kind: [unclosed\n",
                ENTRY.formatted("4", "4")));

    assertThat(names(config)).containsExactly("vm-1", "vm-4");
    assertThat(lines(config))
        .containsExactly(
            "all.yaml:13:3: error: spec.adress: unknown field 'adress' (did you mean 'address'?)",
            "all.yaml:15:7: error: $: while parsing a flow sequence: expected ',' or ']', but got"
                + " <stream end>");
  }

  @Test
  void aliasesAndMergeKeysAreResolved() {
    ParsedConfig config =
        codec.parse(
            "se.yaml",
            """
            apiVersion: networking.istio.io/v1beta1
            kind: ServiceEntry
            metadata: {name: a, labels: &labels {app: a, tier: web}}
            spec:
              hosts: [&host a.example.org]
              ports: [{number: 80, name: http, protocol: HTTP}]
              resolution: STATIC
              endpoints:
              - address: 10.0.0.1
                labels: *labels
              - address: 10.0.0.2
                labels:
                  app: b
                  <<: *labels
              subjectAltNames: [*host]
            """);

    assertThat(lines(config)).isEmpty();
    ServiceEntry entry = (ServiceEntry) config.objects().get(0).object();
    assertThat(entry.spec().endpoints().get(0).labels())
        .containsEntry("app", "a")
        .containsEntry("tier", "web");
    assertThat(entry.spec().endpoints().get(1).labels())
        .containsEntry("app", "b")
        .containsEntry("tier", "web");
    assertThat(entry.spec().subjectAltNames()).containsExactly("a.example.org");
    assertThat(entry.spec().resolution()).isEqualTo(Resolution.STATIC);
  }

  @Test
  void listHasObjectsOfItsOwn() {
    ParsedConfig config =
        codec.parse(
            "list.yaml",
            """
            apiVersion: v1
            kind: List
            metadata:
              resourceVersion: ""
            items:
            - apiVersion: networking.istio.io/v1alpha3
              kind: WorkloadEntry
              metadata: {name: one, namespace: vms}
              spec: {address: 10.0.0.1}
            - apiVersion: v1
              kind: Namespace
              metadata: {name: vms}
            - null
            """);

    assertThat(config.objects())
        .extracting(located -> located.object().key())
        .containsExactly(
            new ConfigKey("WorkloadEntry", "vms", "one"), new ConfigKey("Namespace", "", "vms"));
    assertThat(config.objects().get(0).line()).isEqualTo(6);
    assertThat(config.objects().get(0).column()).isEqualTo(3);
    assertThat(lines(config))
        .containsExactly("list.yaml:13:3: error: items[2]: null (expected: an object)");
  }

  @Test
  void jsonIsReadWithItsPositions() {
    ParsedConfig config =
        codec.parse(
            "we.json",
            """
            {
            \t"apiVersion": "networking.istio.io/v1",
            \t"kind": "WorkloadEntry",
            \t"metadata": {"name": "vm", "uid": "1", "uid": "2"},
            \t"spec": {"address": "10.0.0.1", "weight": "x"}
            }
            """);

    assertThat(config.objects()).isEmpty();
    assertThat(lines(config))
        .containsExactly(
            "we.json:4:41: error: metadata.uid: key 'uid' is there twice (first on line 4)",
            "we.json:5:44: error: spec.weight: 'x' is text (expected: a whole number)");
  }

  @Test
  void brokenJsonIsOneProblemWithTheKeyOfWhatWasRead() {
    ParsedConfig config =
        codec.parse(
            "we.json",
            """
            {"apiVersion": "networking.istio.io/v1", "kind": "WorkloadEntry",
             "metadata": {"name": "vm"}, "spec": {"address": }}
            """);

    assertThat(config.problems()).hasSize(1);
    Problem problem = config.problems().get(0);
    assertThat(problem.code()).isEqualTo(Problem.Code.SYNTAX);
    assertThat(problem.line()).isEqualTo(2);
    assertThat(problem.column()).isEqualTo(50);
    assertThat(problem.object()).contains(new ConfigKey("WorkloadEntry", "default", "vm"));
  }

  @Test
  void syntaxErrorKeepsTheKeyOfWhatWasReadBeforeIt() {
    ParsedConfig config =
        codec.parse(
            "we.yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata:
              namespace: vms
              name: vm
            spec:
              address: 10.0.0.1
             weight: 1
            """);

    assertThat(config.objects()).isEmpty();
    assertThat(config.problems()).hasSize(1);
    assertThat(config.problems().get(0).line()).isEqualTo(8);
    assertThat(config.problems().get(0).object())
        .contains(new ConfigKey("WorkloadEntry", "vms", "vm"));
  }

  @Test
  void everyErrorKeepsTheKeyOfItsObject() {
    ParsedConfig config =
        codec.parse("we.yaml", ENTRY.formatted("1", "1") + "  wait: 1\n  ports: {http: 99999}\n");

    assertThat(config.problems())
        .hasSize(2)
        .allSatisfy(
            problem ->
                assertThat(problem.object())
                    .contains(new ConfigKey("WorkloadEntry", "default", "vm-1")));
  }

  @Test
  void unknownKindAndMissingKindAreToldApartFromBrokenObjects() {
    ParsedConfig config =
        codec.parse(
            "all.yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntri
            metadata: {name: a}
            ---
            replicas: 3
            ---
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: a}
            ---
            apiVersion: networking.istio.io/v1
            metadata: {name: a}
            """);

    assertThat(lines(config))
        .containsExactly(
            "all.yaml:2:7: error: kind: unknown kind 'ServiceEntri' (did you mean 'ServiceEntry'?)",
            "all.yaml:5:1: error: kind: missing (expected: " + KINDS + ")",
            "all.yaml:7:13: error: apiVersion: 'serving.knative.dev/v1' (expected for Service: v1)",
            "all.yaml:11:1: error: kind: missing (expected: " + KINDS + ")");
    assertThat(config.problems())
        .extracting(Problem::unknownKind)
        .containsExactly(true, true, true, false);
  }

  @Test
  void wrongApiVersionNamesTheExpectedOnes() {
    ParsedConfig config =
        codec.parse("we.yaml", ENTRY.formatted("1", "1").replace("istio.io/v1", "istio.io/v2"));

    assertThat(config.objects()).isEmpty();
    assertThat(lines(config))
        .containsExactly(
            "we.yaml:1:13: error: apiVersion: 'networking.istio.io/v2' (expected for"
                + " WorkloadEntry: networking.istio.io/v1, networking.istio.io/v1beta1,"
                + " networking.istio.io/v1alpha3)");
    assertThat(config.problems().get(0).unknownKind()).isFalse();
  }

  @Test
  void whatKubernetesAddsToMetadataIsAcceptedAndTyposAreNot() {
    ParsedConfig config =
        codec.parse(
            "we.yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata:
              name: vm
              creationTimestamp: "2024-05-01T12:00:00Z"
              generateName: vm-
              generation: 3
              managedFields: [{manager: kubectl, fieldsV1: {"f:spec": {}}}]
              ownerReferences: [{kind: WorkloadGroup, name: g}]
              finalizers: [a/b]
              deletionTimestamp: null
              label: {}
            spec: {address: 10.0.0.1}
            """);

    assertThat(lines(config))
        .containsExactly(
            "we.yaml:12:3: error: metadata.label: unknown field 'label' (did you mean 'labels'?)");
  }

  @Test
  void emptyDocumentsAreNoProblem() {
    ParsedConfig config =
        codec.parse(
            "a.yaml", "# nothing\n---\n---\n" + ENTRY.formatted("1", "1") + "---\n# end\n...\n");

    assertThat(lines(config)).isEmpty();
    assertThat(names(config)).containsExactly("vm-1");
    assertThat(codec.parse("a.yaml", "").problems()).isEmpty();
    assertThat(codec.parse("a.json", "").problems()).isEmpty();
  }

  @Test
  void namespaceIsDefaultWhereNoneIsNamedAndEmptyForClusterScopedKinds() {
    ParsedConfig config =
        codec.parse(
            "a.yaml",
            ENTRY.formatted("1", "1").replace("metadata:", "metadata:\n  namespace: ''")
                + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}\n");

    assertThat(config.objects())
        .extracting(located -> located.object().metadata().namespace())
        .containsExactly("default", "");
    assertThat(config.objects().get(1).object().key())
        .isEqualTo(new ConfigKey("Namespace", "", "a"));
  }

  @Test
  void durationsPercentagesAndUnionsAreRead() {
    VirtualService service =
        (VirtualService)
            only(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  http:
                  - match: [{uri: {prefix: /v1}, headers: {x-user: {exact: jason}, x-any: {}}}]
                    fault: {delay: {fixedDelay: 1.5s, percentage: {value: 0.1}}}
                    timeout: 1h30m
                    route: [{destination: {host: reviews, subset: v1}, weight: 100}]
                """);
    assertThat(service.spec().http().get(0).timeout()).contains(Duration.ofMinutes(90));
    assertThat(
            service.spec().http().get(0).fault().orElseThrow().delay().orElseThrow().percentage())
        .hasValueSatisfying(percent -> assertThat(percent.value()).isEqualTo(0.1));
    assertThat(service.spec().http().get(0).match().get(0).headers())
        .containsEntry("x-user", StringMatch.exact("jason"))
        .containsEntry("x-any", StringMatch.builder().build());

    Service kubernetes =
        (Service)
            only(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: reviews}
                spec:
                  selector: {app: reviews}
                  ports:
                  - {name: http, port: 80, targetPort: 8080}
                  - {name: admin, port: 81, targetPort: admin}
                """);
    assertThat(kubernetes.spec().ports().get(0).targetPort())
        .contains(new IntOrString.Number(8080));
    assertThat(kubernetes.spec().ports().get(1).targetPort())
        .contains(new IntOrString.Name("admin"));
  }

  @Test
  void yamlIsPrintedInStableOrderWithoutDefaults() {
    WorkloadEntry entry =
        (WorkloadEntry)
            only(
                """
                kind: WorkloadEntry
                apiVersion: networking.istio.io/v1alpha3
                spec:
                  weight: 0
                  serviceAccount: ratings
                  labels: {version: "1", answer: "yes"}
                  address: "10.0.0.1"
                metadata: {name: vm}
                """);

    assertThat(codec.toYaml(entry))
        .isEqualTo(
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata:
              name: vm
              namespace: default
            spec:
              address: "10.0.0.1"
              labels:
                answer: "yes"
                version: "1"
              serviceAccount: ratings
            """);
    assertThat(codec.toJson(entry)).contains("\"answer\" : \"yes\"");
  }

  @Test
  void clusterScopedKindIsPrintedWithoutNamespace() {
    Namespace namespace =
        Namespace.builder()
            .metadata(Metadata.builder().namespace("").name("vms").putLabels("a", "b").build())
            .build();

    assertThat(codec.toYaml(namespace))
        .isEqualTo(
            """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: vms
              labels:
                a: b
            """
                .replace(
                    "  name: vms\n  labels:\n    a: b\n", "  labels:\n    a: b\n  name: vms\n"));
  }

  @Test
  void foreignKindCannotBePrinted() {
    ConfigObject foreign =
        new ConfigObject() {
          @Override
          public String kind() {
            return "EnvoyFilter";
          }

          @Override
          public Metadata metadata() {
            return Metadata.of("a", "b");
          }
        };

    assertThatThrownBy(() -> codec.toYaml(foreign))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("kind 'EnvoyFilter' is unknown (expected: AuthorizationPolicy, ");
  }

  private ConfigObject only(String yaml) {
    ParsedConfig config = codec.parse("only.yaml", yaml);
    assertThat(lines(config)).isEmpty();
    assertThat(config.objects()).hasSize(1);
    return config.objects().get(0).object();
  }

  private static List<String> lines(ParsedConfig config) {
    return config.problems().stream().map(Problem::toString).toList();
  }

  private static List<String> names(ParsedConfig config) {
    return config.objects().stream().map(located -> located.object().metadata().name()).toList();
  }
}
