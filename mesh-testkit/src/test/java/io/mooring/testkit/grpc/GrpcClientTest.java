package io.mooring.testkit.grpc;

import static io.mooring.testkit.grpc.GrpcMesh.call;
import static io.mooring.testkit.grpc.GrpcMesh.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.xds.XdsChannelCredentials;
import io.mooring.testkit.Row;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcClientTest {

  private static final String HOST = "ratings.demo.svc.cluster.local";

  private static final String SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ratings, namespace: demo}
      spec:
        hosts: [ratings.demo.svc.cluster.local]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 9080, name: grpc, protocol: GRPC}]
        workloadSelector: {labels: {app: ratings}}
      """;

  private GrpcMesh mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new GrpcMesh();
    mesh.apply(SERVICE);
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private String workload(String name, String version) throws Exception {
    int port = mesh.plainServer(name);
    return """
    apiVersion: networking.istio.io/v1
    kind: WorkloadEntry
    metadata: {name: %s, namespace: demo}
    spec:
      address: 127.0.0.1
      ports: {grpc: %d}
      labels: {app: ratings, version: %s}
    """
        .formatted(name, port, version);
  }

  @ParameterizedTest
  @ValueSource(strings = {HOST + ":9080", "ratings:9080", "ratings.demo:9080", HOST, "ratings"})
  @Row({120, 121, 122, 125, 135, 141, 142, 144})
  void channelReachesTheServiceByEveryNameOfIt(String target) throws Exception {
    mesh.apply(workload("one", "v1"));
    assertThat(call(mesh.channel(target))).isEqualTo("one");
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  void endpointsThatComeAndGoAreFollowed() throws Exception {
    String one = workload("one", "v1");
    mesh.apply(one);
    ManagedChannel channel = mesh.channel(HOST + ":9080");
    assertThat(call(channel)).isEqualTo("one");
    mesh.apply(workload("two", "v1"));
    await().until(() -> call(channel).equals("two"));
    mesh.delete(one);
    await()
        .untilAsserted(
            () -> {
              for (int i = 0; i < 20; i++) {
                assertThat(call(channel)).isEqualTo("two");
              }
            });
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  void lastEndpointThatGoesIsNotCalledAnyMore() throws Exception {
    String one = workload("one", "v1");
    mesh.apply(one);
    ManagedChannel channel = mesh.channel(HOST + ":9080");
    assertThat(call(channel)).isEqualTo("one");
    mesh.delete(one);
    await().until(() -> outcome(channel).equals("UNAVAILABLE"));
    mesh.apply(one);
    await().until(() -> outcome(channel).equals("one"));
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  @Row(129)
  void callsAreDividedByWeight() throws Exception {
    mesh.apply(workload("one", "v1"));
    mesh.apply(workload("two", "v2"));
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: ratings, namespace: demo}
        spec:
          host: ratings
          subsets:
          - {name: v1, labels: {version: v1}}
          - {name: v2, labels: {version: v2}}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: ratings, namespace: demo}
        spec:
          hosts: [ratings]
          http:
          - route:
            - {destination: {host: ratings, subset: v1}, weight: 80}
            - {destination: {host: ratings, subset: v2}, weight: 20}
        """);
    ManagedChannel channel = mesh.channel("ratings:9080");
    Map<String, Integer> calls = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      calls.merge(call(channel), 1, Integer::sum);
    }
    assertThat(calls.get("one")).isCloseTo(400, within(50));
    assertThat(calls.get("one") + calls.get("two")).isEqualTo(500);
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  void rulesThatGrpcCannotFollowAreReducedToWhatItCan() throws Exception {
    mesh.apply(workload("one", "v1"));
    mesh.apply(workload("two", "v2"));
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: ratings, namespace: demo}
        spec:
          host: ratings
          trafficPolicy:
            connectionPool:
              tcp: {maxConnections: 10, connectTimeout: 1s}
              http: {http2MaxRequests: 100, maxRequestsPerConnection: 10}
            outlierDetection: {consecutive5xxErrors: 3, interval: 1s}
            loadBalancer: {simple: LEAST_REQUEST}
          subsets:
          - {name: v1, labels: {version: v1}}
          - name: v2
            labels: {version: v2}
            trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: ratings, namespace: demo}
        spec:
          hosts: [ratings]
          http:
          - match: [{headers: {user: {exact: moved}}}]
            redirect: {uri: /elsewhere, authority: other}
          - match: [{headers: {user: {exact: teapot}}}]
            directResponse: {status: 418}
          - match: [{headers: {user: {exact: broken}}}]
            fault: {abort: {grpcStatus: DATA_LOSS, percentage: {value: 100}}}
            route: [{destination: {host: ratings, subset: v1}}]
          - match: [{queryParams: {page: {exact: "1"}}}]
            route: [{destination: {host: ratings, subset: v1}}]
          - match: [{method: {exact: GET}}]
            route: [{destination: {host: ratings, subset: v1}}]
          - match: [{headers: {user: {regex: "t.*"}}, method: {exact: POST}, uri: {prefix: /test.}}]
            timeout: 5s
            retries: {attempts: 3, retryOn: "5xx,unavailable,gateway-error", perTryTimeout: 1s}
            mirror: {host: ratings, subset: v1}
            rewrite: {uri: /}
            corsPolicy: {allowOrigins: [{exact: "*"}]}
            headers: {request: {add: {x-a: b}}}
            route: [{destination: {host: ratings, subset: v2}}]
          - match: [{withoutHeaders: {beta: {exact: "no"}}, uri: {exact: /test.echo/say}}]
            route: [{destination: {host: ratings, subset: v1}}]
          - match: [{withoutHeaders: {beta: {exact: "no"}}}]
            route: [{destination: {host: ratings, subset: v2}}]
          - route: [{destination: {host: ratings, subset: v1}}]
        """);
    ManagedChannel channel = mesh.channel("ratings:9080");
    assertThat(outcome(channel, Map.of("user", "moved"))).isEqualTo("UNAVAILABLE");
    assertThat(outcome(channel, Map.of("user", "teapot"))).isEqualTo("UNAVAILABLE");
    assertThat(outcome(channel, Map.of("user", "broken"))).isEqualTo("DATA_LOSS");
    assertThat(outcome(channel, Map.of("user", "tom", "beta", "no"))).isEqualTo("two");
    assertThat(outcome(channel, Map.of("beta", "no"))).isEqualTo("one");
    assertThat(outcome(channel, Map.of("beta", "yes"))).isEqualTo("two");
    assertThat(outcome(channel, Map.of())).isEqualTo("two");
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  void serviceOutsideOfTheMeshIsResolvedByTheClient() throws Exception {
    int port = mesh.plainServer("outside");
    for (String resolution : new String[] {"DNS", "NONE"}) {
      mesh.apply(
          """
          apiVersion: networking.istio.io/v1
          kind: ServiceEntry
          metadata: {name: outside, namespace: demo}
          spec:
            hosts: [localhost]
            location: MESH_EXTERNAL
            resolution: %s
            ports: [{number: 9080, name: grpc, protocol: GRPC, targetPort: %d}]
          """
              .formatted(resolution, port));
      ManagedChannel channel = mesh.channel("localhost:9080");
      assertThat(outcome(channel)).isEqualTo("outside");
    }
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  @Row(134)
  void oneOfSeveralNamesThatCannotBeCalledIsReplacedByTheNext() throws Exception {
    String entry =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: names, namespace: demo}
        spec:
          hosts: [names.example.com]
          location: MESH_EXTERNAL
          resolution: DNS
          ports: [{number: 9080, name: grpc, protocol: GRPC}]
          endpoints: [%s]
        """;
    String none = "{address: nobody.invalid}";
    String first = "{address: localhost, ports: {grpc: %d}}".formatted(mesh.plainServer("first"));
    String second = "{address: localhost, ports: {grpc: %d}}".formatted(mesh.plainServer("second"));
    mesh.apply(entry.formatted(none + ", " + first));
    ManagedChannel channel = mesh.channel("names.example.com:9080");
    await().until(() -> outcome(channel).equals("first"));
    mesh.apply(entry.formatted(second));
    await().until(() -> outcome(channel).equals("second"));
    mesh.apply(entry.formatted(first + ", " + none));
    await().until(() -> outcome(channel).equals("first"));
    assertThat(mesh.rejections()).isEmpty();
  }

  @Test
  void tlsToTheWebTakesTheRootsOfTheSystem() throws Exception {
    int port = mesh.plainServer("outside");
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: web, namespace: demo}
        spec:
          hosts: [web.example.com]
          location: MESH_EXTERNAL
          resolution: DNS
          ports: [{number: 443, name: grpc, protocol: GRPC}]
          endpoints: [{address: localhost, ports: {grpc: %d}}]
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: web, namespace: demo}
        spec: {host: web.example.com, trafficPolicy: {tls: {mode: SIMPLE}}}
        """
            .formatted(port));
    ManagedChannel channel =
        mesh.channel(
            "web.example.com:443",
            Map.of(),
            XdsChannelCredentials.create(InsecureChannelCredentials.create()));
    assertThat(outcome(channel)).isEqualTo("UNAVAILABLE"); // it speaks no TLS
    assertThat(mesh.rejections()).isEmpty();
  }
}
