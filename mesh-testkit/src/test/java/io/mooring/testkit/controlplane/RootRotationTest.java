package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.agent.AgentObserver;
import io.mooring.identity.agent.JoinRefusedException;
import io.mooring.identity.agent.VmAgent;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.testkit.envoy.EnvoyAvailability;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The root of the mesh is replaced under traffic between two real Envoys. Each request opens a new
 * TLS connection, so that each one is judged by the roots of its moment.
 */
class RootRotationTest {

  private static final Duration TTL = Duration.ofSeconds(12);
  private static final int SERVICE_PORT = 9080;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answered = new AtomicInteger();
  private HttpServer program;

  @BeforeEach
  void startProgram() throws IOException {
    program = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    program.createContext(
        "/",
        exchange -> {
          byte[] body = "ratings".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    program.start();
  }

  @AfterEach
  void stopProgram() {
    program.stop(0);
  }

  @Test
  @Tag("FE-2")
  @Tag("FE-3")
  void rootIsReplacedAndNoRequestIsLost() throws Exception {
    Path envoy = EnvoyAvailability.orSkip();
    String server = loopback();
    String client = loopback();
    writeMesh();
    try (MeshControlPlane mesh = start(TTL);
        VmAgent ratings = join(mesh, envoy, "ratings", server);
        VmAgent web = join(mesh, envoy, "web", client)) {
      ratings.awaitEnvoyReady(PATIENCE);
      web.awaitEnvoyReady(PATIENCE);
      await().atMost(PATIENCE).ignoreExceptions().until(() -> status(client) == 200);
      Thread traffic = new Thread(() -> requestUntilInterrupted(client), "traffic");
      traffic.start();
      rotate(mesh.certificateAuthority());
      List<X509Certificate> roots = mesh.trustBundle().roots();
      assertThat(roots).hasSize(1);
      int before = answered.get();
      await().atMost(PATIENCE).until(() -> answered.get() > before + 50);
      traffic.interrupt();
      traffic.join(TimeUnit.SECONDS.toMillis(10));

      assertThat(failures).isEmpty();
      assertThat(answered.get()).isGreaterThan(300);
      assertThat(handshakes(web)).isGreaterThanOrEqualTo(answered.get()); // none was reused
      for (VmAgent agent : List.of(ratings, web)) {
        assertThat(stats(agent, "ssl.fail_verify|ssl.connection_error"))
            .isNotEmpty()
            .allMatch(line -> line.endsWith(": 0"));
      }
    }
  }

  @Test
  void runningVmsLearnOfANewRootAtOnce() throws Exception {
    writeMesh();
    List<Integer> heard = new CopyOnWriteArrayList<>();
    try (MeshControlPlane mesh = start(Duration.ofHours(24))) {
      Path bundle = directory.resolve("bundle");
      BootstrapWriter.write(mesh.bundle("demo", "web").build(), bundle);
      AgentObserver observer =
          new AgentObserver() {
            @Override
            public void trustBundleChanged(TrustBundle bundle) {
              heard.add(bundle.roots().size());
            }
          };
      try (VmAgent agent = VmAgent.builder().bundle(bundle).observer(observer).start()) {
        // The stream may open after the step: then its first message has the new root.
        mesh.certificateAuthority().prepare();
        await().atMost(PATIENCE).until(() -> heard.equals(List.of(2)));
        mesh.certificateAuthority().activate(true);
        mesh.certificateAuthority().retire(true);
        await().atMost(PATIENCE).until(() -> heard.equals(List.of(2, 1)));
        assertThat(Files.readString(bundle.resolve("state/roots.pem")))
            .isEqualTo(mesh.trustBundle().toPem());
        assertThat(agent.svidExpiresAt()).isAfter(Instant.now().plus(Duration.ofHours(23)));
      }
    }
  }

  @Test
  void bundleFromBeforeTheRotationJoinsUntilTheOldRootIsRetired() throws Exception {
    writeMesh();
    try (MeshControlPlane mesh = start(Duration.ofHours(24))) {
      Path early = directory.resolve("early");
      Path late = directory.resolve("late");
      BootstrapWriter.write(mesh.bundle("demo", "web").build(), early);
      BootstrapWriter.write(mesh.bundle("demo", "web").build(), late);
      mesh.certificateAuthority().prepare();
      mesh.certificateAuthority().activate(true);

      try (VmAgent agent = VmAgent.builder().bundle(early).start()) {
        assertThat(agent.spiffeId().path()).isEqualTo("/ns/demo/sa/web");
        assertThat(Files.readString(early.resolve("state/roots.pem")))
            .isEqualTo(mesh.trustBundle().toPem());
      }

      mesh.certificateAuthority().retire(true);
      assertThatThrownBy(() -> VmAgent.builder().bundle(late).start())
          .isInstanceOf(JoinRefusedException.class)
          .hasMessageContaining("write a new bundle over it");
      BootstrapWriter.write(mesh.bundle("demo", "web").build(), late);
      VmAgent.builder().bundle(late).start().close();
    }
  }

  /** Each step as soon as it need not be forced: that is the earliest that an operator can be. */
  private static void rotate(RotatingCertificateAuthority authority) throws IOException {
    X509Certificate first = authority.trustBundle().roots().get(0);
    authority.prepare();
    await()
        .atMost(PATIENCE)
        .until(() -> !Instant.now().isBefore(authority.activatableAt().orElseThrow()));
    authority.activate(false);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Instant trusted = authority.authorities().get(1).signedUntil().orElseThrow();
              return !Instant.now().isBefore(trusted);
            });
    authority.retire(false);
    assertThat(authority.trustBundle().roots()).doesNotContain(first);
  }

  private void requestUntilInterrupted(String client) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        int status = status(client);
        if (status == 200) {
          answered.incrementAndGet();
        } else {
          failures.add(Instant.now() + " status " + status);
        }
      } catch (IOException e) {
        failures.add(Instant.now() + " " + e);
      }
    }
  }

  /** The JDK's client does not let a caller say which host it means. */
  private static int status(String client) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(10_000);
      socket.connect(new InetSocketAddress(client, SERVICE_PORT), 5_000);
      String request =
          "GET / HTTP/1.1\r\nHost: ratings.demo.svc.cluster.local\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return reply.matches("(?s)HTTP/1.1 [0-9]{3} .*")
          ? Integer.parseInt(reply.substring(9, 12))
          : 0;
    }
  }

  private long handshakes(VmAgent agent) throws Exception {
    return stats(agent, "outbound.*ssl.handshake").stream()
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private List<String> stats(VmAgent agent, String filter) throws Exception {
    InetSocketAddress admin = agent.envoyAdmin().orElseThrow();
    URI uri =
        URI.create(
            "http://%s:%d/stats?filter=%s"
                .formatted(
                    admin.getAddress().getHostAddress(),
                    admin.getPort(),
                    filter.replace("|", "%7C")));
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("listener.") || line.contains("outbound"))
        .toList();
  }

  private VmAgent join(MeshControlPlane mesh, Path envoy, String group, String address)
      throws IOException {
    Path bundle = directory.resolve("bundle-" + group);
    BootstrapWriter.write(
        mesh.bundle("demo", group).address(address).bindAddress(address).build(), bundle);
    return VmAgent.builder()
        .bundle(bundle)
        .envoy(envoy)
        .envoyArguments(List.of("--concurrency", "1"))
        .drainTime(Duration.ZERO)
        .start();
  }

  private MeshControlPlane start(Duration ttl) throws Exception {
    return MeshControlPlane.builder()
        .configDirectory(directory.resolve("mesh"))
        .dataDirectory(directory.resolve("data"))
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .svidTtl(ttl)
        .start();
  }

  private void writeMesh() throws IOException {
    Files.createDirectories(directory.resolve("mesh"));
    Files.writeString(
        directory.resolve("mesh/mesh.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: ratings, namespace: demo}
        spec:
          metadata: {labels: {app: ratings}}
          template: {serviceAccount: ratings, ports: {http: %d}}
        ---
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: web, namespace: demo}
        spec:
          metadata: {labels: {app: web}}
          template: {serviceAccount: web}
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: ratings, namespace: demo}
        spec:
          hosts: [ratings.demo.svc.cluster.local]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: %d, name: http, protocol: HTTP}]
          workloadSelector: {labels: {app: ratings}}
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: ratings, namespace: demo}
        spec:
          host: ratings.demo.svc.cluster.local
          trafficPolicy:
            connectionPool: {http: {maxRequestsPerConnection: 1}}
        ---
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: default, namespace: istio-system}
        spec:
          mtls: {mode: STRICT}
        """
            .formatted(program.getAddress().getPort(), SERVICE_PORT));
  }

  private static String loopback() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "127.%d.%d.%d"
        .formatted(random.nextInt(100, 200), random.nextInt(256), random.nextInt(2, 250));
  }
}
