package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpServer;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.agent.VmAgent;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.model.codec.ParsedConfig;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.memory.MemorySource;
import io.mooring.testkit.envoy.EnvoyAvailability;
import io.mooring.xds.explain.Explanation;
import io.mooring.xds.mesh.MeshGenerator;
import io.mooring.xds.node.ProxyNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an explanation says of a call is what two real Envoys do with it. */
class ExplainedTrafficTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory;

  private final String net =
      "127.%d.%d."
          .formatted(
              ThreadLocalRandom.current().nextInt(200, 250),
              ThreadLocalRandom.current().nextInt(256));
  private final List<AutoCloseable> open = new ArrayList<>();
  private final StringBuilder yaml = new StringBuilder();
  private final Map<String, Integer> statusByHost = new TreeMap<>(); // 0: no answer
  private final Map<String, Integer> portByHost = new TreeMap<>(); // else that of HTTP
  private int http;

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void explanationsSayWhatRealEnvoysDo() throws Exception {
    Path envoy = EnvoyAvailability.orSkip();
    http = freePort();
    int target = program();
    situations(target);
    connections(program());
    MeshControlPlane mesh = start();
    vm(mesh, envoy, "ratings", 2);
    vm(mesh, envoy, "web", 3);
    ProxyNode web = node("web");
    await().atMost(PATIENCE).until(() -> call("plain.demo", http) == 200);
    RegistrySnapshot snapshot = mesh.registry().snapshot();
    Map<String, String> explained = new TreeMap<>();
    Map<String, String> seen = new TreeMap<>();
    statusByHost.forEach(
        (host, expected) -> {
          Explanation explanation =
              Explanation.of(
                  snapshot,
                  web,
                  new MeshGenerator(() -> snapshot).initial(web),
                  host,
                  portByHost.getOrDefault(host, http));
          explained.put(host, explanation.reachable() + " " + explanation);
          int status = call(host, portByHost.getOrDefault(host, http));
          assertThat(status).as("%s: %s", host, explanation).isEqualTo(expected);
          seen.put(host, (status == 200) + " " + explanation);
        });
    assertThat(explained).isEqualTo(seen);
    assertThat(explained).hasSize(16);
  }

  /** One service a situation, all on one HTTP port. */
  private void situations(int target) throws IOException {
    String member = "{app: ratings}";
    yaml.append(
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: web, namespace: demo}
        spec: {template: {serviceAccount: web, network: n1}}
        ---
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: ratings, namespace: demo}
        spec:
          metadata: {labels: {app: ratings, version: v1}}
          template: {serviceAccount: ratings, network: n1, ports: {http: %1$d}}
        ---
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: default, namespace: demo}
        spec: {mtls: {mode: STRICT}}
        ---
        apiVersion: mesh.istio.io/v1alpha1
        kind: MeshNetworks
        metadata: {name: istio, namespace: istio-system}
        spec: {networks: {gated: {gateways: [{address: %2$s2, port: %1$d}]}}}
        """
            .formatted(target, net));
    service("plain", "demo", member, "", 200);
    service("noport", "demo", member, "", 0);
    portByHost.put("noport.demo", http + 1);
    service("hidden", "away", member, "  exportTo: ['.']", 503);
    service("subset", "demo", member, "", 200);
    rule("subset", "subset: v1", "");
    service("nosubset", "demo", member, "", 503);
    rule("nosubset", "subset: v9", "");
    service("weighted", "demo", member, "", 200);
    rule("weighted", "subset: v1}, weight: 30}, {destination: {host: weighted.demo", "");
    service("fault", "demo", member, "", 418);
    rule("fault", "", "fault: {abort: {httpStatus: 418, percentage: {value: 100}}}, ");
    service("sick", "demo", "{app: sick}", "", 503);
    entry(
        "sick",
        "address: %s2, serviceAccount: ratings".formatted(net),
        "proxy.istio.io/health-checks-enabled: 'true'");
    service("drained", "demo", "{app: drained}", "", 503);
    entry(
        "drained",
        "address: %s2, serviceAccount: ratings, ports: {http: %d}".formatted(net, target),
        "mooring.io/admin-state: draining");
    service("far", "demo", "{app: far}", "", 503);
    entry("far", "network: nowhere, serviceAccount: ratings", "a: b");
    service("gated", "demo", "{app: gated}", "", 200);
    entry("gated", "network: gated, serviceAccount: ratings", "a: b");
    service("plaintext", "demo", "{app: plaintext}", "", 503);
    entry("plaintext", "address: %s2, ports: {http: %d}".formatted(net, target), "a: b");
    service("nobody", "demo", "{app: nobody}", "", 503);
    yaml.append(
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: unnamed, namespace: demo}
        spec: {selector: {app: ratings}, ports: [{name: http, port: %d, targetPort: web}]}
        """
            .formatted(http));
    statusByHost.put("unnamed.demo.svc.cluster.local", 503);
  }

  /** TCP services that are asked for by their virtual IP; without capture the port decides. */
  private void connections(int target) throws IOException {
    connections("bytes", "240.9.9.1", "{app: ratings}", target, 200);
    connections("nobytes", "240.9.9.2", "{app: nobody}", target, 0);
  }

  private void connections(String name, String ip, String selector, int target, int status)
      throws IOException {
    statusByHost.put(ip, status);
    portByHost.put(ip, freePort());
    yaml.append(
        """
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: %1$s, namespace: demo}
        spec:
          hosts: [%1$s.demo]
          addresses: [%2$s]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: %3$d, name: tcp, protocol: TCP, targetPort: %4$d}]
          workloadSelector: {labels: %5$s}
        """
            .formatted(name, ip, portByHost.get(ip), target, selector));
  }

  private void service(String name, String namespace, String selector, String more, int status) {
    statusByHost.put(name + ".demo", status);
    yaml.append(
        """
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: %1$s, namespace: %2$s}
        spec:
          hosts: [%1$s.demo]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: %3$d, name: http, protocol: HTTP}]
          workloadSelector: {labels: %4$s}
        %5$s
        """
            .formatted(name, namespace, http, selector, more));
  }

  private void rule(String name, String destination, String fault) {
    yaml.append(
        """
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: %1$s, namespace: demo}
        spec:
          host: %1$s.demo
          subsets: [{name: v1, labels: {version: v1}}, {name: v9, labels: {version: v9}}]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %1$s, namespace: demo}
        spec:
          hosts: [%1$s.demo]
          http: [{%3$sroute: [{destination: {host: %1$s.demo, %2$s}%4$s}]}]
        """
            .formatted(
                name, destination, fault, destination.contains("weight") ? ", weight: 70" : ""));
  }

  private void entry(String name, String spec, String annotation) {
    yaml.append(
        """
        ---
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: %1$s, namespace: demo, annotations: {%3$s}}
        spec: {labels: {app: %1$s}, %2$s}
        """
            .formatted(name, spec, annotation));
  }

  private MeshControlPlane start() throws Exception {
    ParsedConfig parsed = new ConfigCodec().parse("mesh.yaml", yaml.toString());
    assertThat(parsed.hasErrors()).as(parsed.problems().toString()).isFalse();
    MemorySource configuration = new MemorySource();
    configuration.put(
        parsed.objects().stream().map(it -> it.object()).toArray(ConfigObject[]::new));
    MeshControlPlane mesh =
        MeshControlPlane.builder()
            .source(configuration)
            .dataDirectory(directory.resolve("data"))
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .debounce(Duration.ofMillis(20))
            .start();
    open.add(mesh);
    return mesh;
  }

  private void vm(MeshControlPlane mesh, Path envoy, String group, int host) throws Exception {
    String address = net + host;
    BootstrapWriter.write(
        mesh.bundle("demo", group).address(address).bindAddress(address).build(),
        directory.resolve(group));
    VmAgent agent =
        VmAgent.builder()
            .bundle(directory.resolve(group))
            .envoy(envoy)
            .drainTime(Duration.ZERO)
            .start();
    open.add(agent);
    agent.awaitEnvoyReady(PATIENCE);
  }

  private ProxyNode node(String group) throws IOException {
    String bootstrap = Files.readString(directory.resolve(group).resolve("envoy.json"));
    Node.Builder node = Node.newBuilder();
    JsonFormat.parser().merge(new ObjectMapper().readTree(bootstrap).path("node").toString(), node);
    return ProxyNode.parse(node.build());
  }

  private int program() throws IOException {
    HttpServer program =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    program.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    program.start();
    open.add(() -> program.stop(0));
    return program.getAddress().getPort();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Returns the status that the client's Envoy answers with; 0 if nothing answers. */
  private int call(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(net + 3, port), 2_000);
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(host)
                  .getBytes(StandardCharsets.US_ASCII));
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = lines.readLine();
      return line == null ? 0 : Integer.parseInt(line.split(" ", 3)[1]);
    } catch (IOException e) {
      return 0;
    }
  }
}
