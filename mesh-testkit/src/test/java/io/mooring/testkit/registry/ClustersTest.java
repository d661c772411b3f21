package io.mooring.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.kubernetes.Namespace;
import io.mooring.model.kubernetes.Pod;
import io.mooring.registry.ServiceRegistry;
import io.mooring.service.Conflict;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a registry makes of clusters that have Services and pods of one name. */
class ClustersTest {

  private final FakeRegistrySource east = new FakeRegistrySource("east").inCluster("east");
  private final FakeRegistrySource west = new FakeRegistrySource("west").inCluster("west");
  private final ServiceRegistry clusters =
      ServiceRegistry.builder()
          .source(east)
          .source(west)
          .writer(Runnable::run)
          .delivery(Runnable::run)
          .build()
          .start();

  @AfterEach
  void close() {
    clusters.close();
  }

  /** Kubernetes' own objects of one name are other ones in each cluster. */
  private static final String OF_ONE_CLUSTER =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: ratings, namespace: demo}
      spec: {clusterIP: VIP, selector: {app: ratings}, ports: [{name: http, port: 80}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: ratings-0, namespace: demo, labels: {app: ratings}}
      status: {podIP: POD, conditions: [{type: Ready, status: "True"}]}
      """;

  private static void hold(FakeRegistrySource source, String vip, String pod, String... edit) {
    String text = OF_ONE_CLUSTER.replace("VIP", vip).replace("POD", pod);
    for (int i = 0; i < edit.length; i += 2) {
      text = text.replace(edit[i], edit[i + 1]);
    }
    new ConfigCodec().parse("mesh.yaml", text).objects().forEach(it -> source.upsert(it.object()));
  }

  private static final ServiceKey RATINGS =
      new ServiceKey("ratings.demo.svc.cluster.local", "demo");

  @Test
  void aServiceOfTwoClustersHasTheEndpointsOfBoth() {
    hold(east, "10.96.0.1", "10.1.0.1");
    hold(west, "10.96.0.2", "10.1.0.1");
    assertThat(clusters.snapshot().endpoints(RATINGS))
        .extracting(MeshEndpoint::address, MeshEndpoint::cluster)
        .containsExactly(tuple("10.1.0.1", "east"), tuple("10.1.0.1", "west"));
    MeshService service = clusters.snapshot().service(RATINGS).orElseThrow();
    assertThat(service.addresses()).containsExactly("10.96.0.1", "10.96.0.2");
    assertThat(service.seenFrom("west").addresses()).containsExactly("10.96.0.2");
    assertThat(service.seenFrom("south").addresses()).hasSize(2);
    assertThat(clusters.snapshot().objects(Pod.class)).hasSize(2);
    assertThat(clusters.snapshot().conflicts()).isEmpty();
    east.delete(new ConfigKey("Pod", "demo", "ratings-0"));
    assertThat(clusters.snapshot().endpoints(RATINGS))
        .extracting(MeshEndpoint::cluster)
        .containsExactly("west");
    east.delete(new ConfigKey("Service", "demo", "ratings"));
    assertThat(clusters.snapshot().service(RATINGS).orElseThrow().addresses())
        .containsExactly("10.96.0.2");
  }

  @Test
  void aServiceSelectsPodsOfItsOwnClusterAlone() {
    hold(east, "10.96.0.1", "10.1.0.1");
    hold(west, "10.96.0.2", "10.1.0.2");
    west.delete(new ConfigKey("Service", "demo", "ratings"));
    assertThat(clusters.snapshot().endpoints(RATINGS))
        .extracting(MeshEndpoint::address)
        .containsExactly("10.1.0.1");
  }

  @Test
  void aServiceThatOneClusterExportsElsewhereIsOneOfItsOwnAndReportedWhereBothAreSeen() {
    hold(east, "10.96.0.1", "10.1.0.1");
    hold(
        west,
        "10.96.0.2",
        "10.1.0.2",
        "namespace: demo}",
        "namespace: demo, annotations: {networking.istio.io/exportTo: '.'}}");
    assertThat(clusters.snapshot().endpoints(RATINGS))
        .extracting(MeshEndpoint::cluster)
        .containsExactly("east");
    assertThat(clusters.snapshot().endpoints(new ServiceKey(RATINGS.host(), "demo", "demo")))
        .extracting(MeshEndpoint::cluster)
        .containsExactly("west");
    assertThat(clusters.snapshot().conflicts())
        .singleElement()
        .satisfies(
            conflict -> {
              assertThat(conflict.kind()).isEqualTo(Conflict.Kind.HOST);
              assertThat(conflict.reason())
                  .contains("proxies of namespace demo", "exported to them by name");
            });
  }

  @Test
  void podsOfEachClusterAreInTheNetworkThatItsRootNamespaceSays() {
    hold(east, "10.96.0.1", "10.1.0.1");
    hold(west, "10.96.0.2", "10.1.0.2");
    namespace(east, "net-east");
    namespace(west, "net-west");
    assertThat(clusters.snapshot().endpoints(RATINGS))
        .extracting(MeshEndpoint::cluster, MeshEndpoint::network)
        .containsExactlyInAnyOrder(tuple("east", "net-east"), tuple("west", "net-west"));
    assertThat(clusters.snapshot().conflicts()).isEmpty();
  }

  @Test
  void entriesAreSeenAsFarAsTheNamespaceOfTheirOwnClusterLets() {
    east.upsert(only("kind: ServiceEntry\nmetadata: {name: e, namespace: demo}", "east.test"));
    west.upsert(only("kind: ServiceEntry\nmetadata: {name: w, namespace: demo}", "west.test"));
    new ConfigCodec()
        .parse(
            "mesh.yaml",
            """
            apiVersion: mesh.istio.io/v1alpha1
            kind: MeshConfig
            metadata: {name: istio, namespace: istio-system}
            spec:
              serviceEntryVisibility:
                applyToSidecars: true
                defaultVisibility: PUBLIC
                policies:
                - visibility: NAMESPACE
                  matchingRules: [{namespaceSelector: {matchLabels: {open: "no"}}}]
            """)
        .objects()
        .forEach(it -> east.upsert(it.object()));
    demo(east, "yes");
    demo(west, "no");
    assertThat(clusters.snapshot().services())
        .extracting(MeshService::host, it -> it.isVisibleIn("elsewhere"))
        .containsExactlyInAnyOrder(tuple("east.test", true), tuple("west.test", false));
  }

  private static ConfigObject only(String head, String host) {
    String spec = "spec: {hosts: [%s], resolution: DNS, ports: [{number: 80, name: http}]}";
    return new ConfigCodec()
        .parse(
            "se.yaml", "apiVersion: networking.istio.io/v1\n" + head + "\n" + spec.formatted(host))
        .objects()
        .get(0)
        .object();
  }

  private static void demo(FakeRegistrySource source, String open) {
    source.upsert(
        Namespace.builder()
            .metadata(Metadata.builder().namespace("").name("demo").putLabels("open", open).build())
            .build());
  }

  private static void namespace(FakeRegistrySource source, String network) {
    source.upsert(
        Namespace.builder()
            .metadata(
                Metadata.builder()
                    .namespace("")
                    .name("istio-system")
                    .putLabels("topology.istio.io/network", network)
                    .build())
            .build());
  }

  @Test
  void portsThatClustersNameDifferentlyAreReported() {
    hold(east, "10.96.0.1", "10.1.0.1");
    hold(west, "10.96.0.2", "10.1.0.2", "name: http", "name: tcp");
    assertThat(clusters.snapshot().conflicts())
        .extracting(Conflict::kind)
        .containsExactly(Conflict.Kind.PORT);
    assertThat(clusters.snapshot().endpoints(RATINGS))
        .extracting(MeshEndpoint::servicePortName)
        .containsExactly("http", "http");
  }

  @Test
  void clustersMayGiveOneVirtualIpToDifferentServices() {
    hold(east, "10.96.0.1", "10.1.0.1", "name: http", "name: tcp");
    hold(west, "10.96.0.2", "10.1.0.2", "name: http", "name: tcp");
    hold(
        west,
        "10.96.0.1",
        "10.1.0.9",
        "name: ratings,",
        "name: reviews,",
        "name: http",
        "name: tcp");
    hold(
        east,
        "10.96.0.9",
        "10.1.0.9",
        "name: ratings,",
        "name: reviews,",
        "name: http",
        "name: tcp");
    assertThat(clusters.snapshot().conflicts()).isEmpty();
  }

  @Test
  void hostsThatShareAnAddressAndAPortThatIsNoHttpAreReported() {
    hold(east, "10.96.0.1", "10.1.0.1", "name: http", "name: tcp");
    hold(
        east,
        "10.96.0.1",
        "10.1.0.9",
        "name: ratings,",
        "name: reviews,",
        "name: http",
        "name: tcp");
    assertThat(clusters.snapshot().conflicts())
        .containsExactly(
            new Conflict(
                Conflict.Kind.ADDRESS,
                "10.96.0.1:80",
                new ConfigKey("Service", "demo", "ratings"),
                new ConfigKey("Service", "demo", "reviews"),
                "ratings.demo.svc.cluster.local and reviews.demo.svc.cluster.local share the"
                    + " address and the port: connections go to the first, which is older"));
  }

  @Test
  void hostsThatShareAnAddressAndAnHttpPortDoNotConflict() {
    hold(east, "10.96.0.1", "10.1.0.1");
    hold(east, "10.96.0.1", "10.1.0.9", "name: ratings,", "name: reviews,");
    assertThat(clusters.snapshot().conflicts()).isEmpty();
  }
}
