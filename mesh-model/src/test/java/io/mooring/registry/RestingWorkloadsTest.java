package io.mooring.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.LocatedObject;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.MeshWorkload;
import io.mooring.service.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workloads that serve nobody: no endpoint for others, yet themselves to their own proxy. */
class RestingWorkloadsTest {

  private static final String RATINGS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: ratings, namespace: demo}
      spec:
        clusterIP: 10.96.0.1
        selector: {app: ratings}
        ports: [{name: http, port: 80, targetPort: 8080}]
      """;
  private static final String ENTRY =
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: vm, namespace: demo, annotations: {ANNOTATION}}
      spec: {address: 10.0.0.1, labels: {app: ratings}}
      """;
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: pod, namespace: demo, labels: {app: ratings}}
      status: {phase: PHASE, podIP: 10.0.0.1, conditions: [{type: Ready, status: "READY"}]}
      """;
  private static final String SLICE =
      """
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: s, namespace: demo, labels: {kubernetes.io/service-name: ratings}}
      addressType: IPv4
      endpoints: [{addresses: [10.0.0.1], conditions: {ready: READY}}]
      ports: [{name: http, port: 8080}]
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
  void oneService() {
    put(RATINGS);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void unhealthyEntryIsNoEndpointButKeepsItsPort() {
    put(ENTRY.replace("ANNOTATION", "proxy.istio.io/health-checks-enabled: 'true'"));
    assertRests();
    put(ENTRY.replace("ANNOTATION", "a: b"));
    assertServes();
  }

  @Test
  void disabledEntryIsNoEndpointButKeepsItsPort() {
    put(ENTRY.replace("ANNOTATION", "mooring.io/admin-state: disabled"));
    assertRests();
  }

  @Test
  void entryWhoseVmHasGoneIsNothing() {
    put(ENTRY.replace("ANNOTATION", "mooring.io/departed: ''"));
    assertIsNothing();
  }

  @Test
  void podThatIsNotReadyIsNoEndpointButKeepsItsPort() {
    put(POD.replace("PHASE", "Running").replace("READY", "False"));
    assertRests();
    put(POD.replace("PHASE", "Running").replace("READY", "True"));
    assertServes();
  }

  @Test
  void podThatHasFinishedIsNothingEvenIfItCallsItselfReady() {
    put(POD.replace("PHASE", "Succeeded").replace("READY", "True"));
    assertIsNothing();
  }

  @Test
  void sliceDecidesWhetherItsPodServesAndItKeepsItsPort() {
    put(POD.replace("PHASE", "Running").replace("READY", "True"));
    put(SLICE.replace("READY", "false"));
    assertRests();
    put(SLICE.replace("READY", "true"));
    assertServes();
  }

  /** Its proxy must hear of the port, though no client hears of an endpoint. */
  @Test
  void podOfASliceThatComesAndGoesWithoutEverServingIsAChangeOfItsService() {
    put(POD.replace("PHASE", "Running").replace("READY", "False"));
    List<ChangeSet> changes = new ArrayList<>();
    registry.addListener((snapshot, change) -> changes.add(change));
    put(SLICE.replace("READY", "false").replace("8080", "8081"));
    assertThat(targetPorts()).containsExactly(8081);
    assertThat(changes).last().satisfies(it -> assertThat(it.endpoints()).isNotEmpty());
  }

  private void assertServes() {
    assertThat(endpoints()).hasSize(1);
    assertThat(targetPorts()).containsExactly(8080);
  }

  private void assertRests() {
    assertThat(endpoints()).isEmpty();
    assertThat(targetPorts()).containsExactly(8080);
    assertThat(workloads()).singleElement().satisfies(this::isOfRatings);
  }

  private void isOfRatings(MeshWorkload workload) {
    assertThat(workload.labels()).containsEntry("app", "ratings");
  }

  private void assertIsNothing() {
    assertThat(endpoints()).isEmpty();
    assertThat(targetPorts()).isEmpty();
    assertThat(workloads()).isEmpty();
  }

  private List<?> endpoints() {
    return registry
        .snapshot()
        .endpoints(ServiceKey.ofKubernetes("demo", "ratings", "cluster.local"));
  }

  private List<Integer> targetPorts() {
    return registry.snapshot().targets("demo", "", List.of("10.0.0.1")).stream()
        .map(target -> target.targetPort())
        .toList();
  }

  private List<MeshWorkload> workloads() {
    return registry.snapshot().workloads("demo", List.of("10.0.0.1"));
  }

  private void put(String document) {
    ParsedConfig parsed = new ConfigCodec().parse("mesh.yaml", document);
    assertThat(parsed.hasErrors()).as(parsed.problems().toString()).isFalse();
    source.put(parsed.objects().stream().map(LocatedObject::object).toArray(ConfigObject[]::new));
  }
}
