package io.mooring.testkit.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.mooring.controlplane.MeshControlPlane;
import io.mooring.identity.agent.VmAgent;
import io.mooring.identity.bootstrap.BootstrapWriter;
import io.mooring.identity.enroll.RegisteredWorkload;
import io.mooring.model.ConfigObject;
import io.mooring.model.codec.ConfigCodec;
import io.mooring.registry.memory.MemorySource;
import io.mooring.service.AdminState;
import io.mooring.testkit.envoy.EnvoyAvailability;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator drains, disables and enables one of two VMs, while real Envoys carry the traffic. */
class AdminStateTrafficTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final int PER_SECOND = 200;
  private static final int SETTLED = 60; // answers of one VM alone before it counts as the only one

  @TempDir private Path directory;

  private final String net =
      "127.%d.%d."
          .formatted(
              ThreadLocalRandom.current().nextInt(200, 250),
              ThreadLocalRandom.current().nextInt(256));
  private final CountDownLatch slowRequestMayEnd = new CountDownLatch(1);
  private final ExecutorService programs = Executors.newCachedThreadPool();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<CompletableFuture<?>> requests =
      new ConcurrentLinkedQueue<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AutoCloseable> open = new ArrayList<>();
  private int servicePort;

  @AfterEach
  void stop() throws Exception {
    clock.shutdownNow();
    slowRequestMayEnd.countDown();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    programs.shutdownNow();
  }

  @Test
  void drainingLosesNoRequestAndDisablingOutlastsTheVm() throws Exception {
    Path envoy = EnvoyAvailability.orSkip();
    servicePort = freePort();
    MeshControlPlane mesh = start();
    VmAgent one = vm(mesh, envoy, "one", 2);
    vm(mesh, envoy, "two", 3);
    vm(mesh, envoy, "web", 4);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> get("/") == 200);
    clock.scheduleAtFixedRate(this::request, 0, 1_000 / PER_SECOND, TimeUnit.MILLISECONDS);
    awaitOnly("one", "two");
    CompletableFuture<HttpResponse<String>> slow = slowRequestTo("one");

    mesh.setAdminState("demo", name(mesh, "one"), AdminState.DRAINING);
    awaitOnly("two");
    slowRequestMayEnd.countDown();
    assertThat(slow.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);

    mesh.setAdminState("demo", name(mesh, "one"), AdminState.ENABLED);
    awaitOnly("one", "two");
    mesh.setAdminState("demo", name(mesh, "one"), AdminState.DISABLED);
    awaitOnly("two");
    one.close();
    await()
        .atMost(PATIENCE)
        .until(() -> view(mesh, "one").state() == RegisteredWorkload.State.DEPARTED);
    open.add(agent(envoy, "one"));
    await()
        .atMost(PATIENCE)
        .until(() -> view(mesh, "one").state() == RegisteredWorkload.State.CONNECTED);
    awaitOnly("two");
    mesh.setAdminState("demo", name(mesh, "one"), AdminState.ENABLED);
    awaitOnly("one", "two");
    clock.shutdownNow();
    CompletableFuture.allOf(requests.toArray(new CompletableFuture<?>[0]))
        .get(30, TimeUnit.SECONDS);
    assertThat(answers).hasSizeGreaterThan(PER_SECOND).containsOnly("200 one", "200 two");
  }

  /** Waits until no other VM answers than these, and each of them does. */
  private void awaitOnly(String... vms) {
    List<String> expected = Arrays.stream(vms).map(vm -> "200 " + vm).toList();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<String> all = List.copyOf(answers);
              List<String> last = all.subList(Math.max(0, all.size() - SETTLED), all.size());
              return last.size() == SETTLED
                  && expected.containsAll(last)
                  && last.containsAll(expected);
            });
  }

  private void request() {
    requests.add(
        http.sendAsync(to("/"), HttpResponse.BodyHandlers.ofString())
            .handle(
                (response, failure) ->
                    answers.add(
                        failure == null
                            ? response.statusCode() + " " + response.body()
                            : failure.toString())));
  }

  private int get(String path) throws Exception {
    return http.send(to(path), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private HttpRequest to(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + net + "4:" + servicePort + path)).build();
  }

  /** Which VM gets a request cannot be chosen: it is tried until the one that waits has it. */
  private CompletableFuture<HttpResponse<String>> slowRequestTo(String vm) throws Exception {
    while (true) {
      CompletableFuture<HttpResponse<String>> slow =
          http.sendAsync(to("/slow/" + vm), HttpResponse.BodyHandlers.ofString());
      try {
        HttpResponse<String> other = slow.get(500, TimeUnit.MILLISECONDS);
        assertThat(other.statusCode()).isEqualTo(200); // of the other VM, which does not wait
      } catch (TimeoutException e) {
        return slow;
      }
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private MeshControlPlane start() throws Exception {
    StringBuilder yaml = new StringBuilder();
    yaml.append(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: ratings, namespace: demo}
        spec:
          hosts: [ratings.demo]
          addresses: [%s4]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: %d, name: http, protocol: HTTP}]
          workloadSelector: {labels: {app: ratings}}
        ---
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: web, namespace: demo}
        spec: {template: {serviceAccount: web}}
        """
            .formatted(net, servicePort));
    for (String vm : List.of("one", "two")) {
      HttpServer program =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      program.setExecutor(programs);
      program.createContext(
          "/",
          exchange -> {
            if (exchange.getRequestURI().getPath().equals("/slow/" + vm)) {
              awaitUninterruptibly();
            }
            byte[] body = vm.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      program.start();
      open.add(() -> program.stop(0));
      yaml.append(
          """
          ---
          apiVersion: networking.istio.io/v1
          kind: WorkloadGroup
          metadata: {name: %s, namespace: demo}
          spec:
            metadata: {labels: {app: ratings}}
            template: {serviceAccount: ratings, ports: {http: %d}}
          """
              .formatted(vm, program.getAddress().getPort()));
    }
    MemorySource configuration = new MemorySource();
    configuration.put(
        new ConfigCodec()
            .parse("mesh.yaml", yaml.toString()).objects().stream()
                .map(it -> it.object())
                .toArray(ConfigObject[]::new));
    MeshControlPlane mesh =
        MeshControlPlane.builder()
            .source(configuration)
            .dataDirectory(directory.resolve("data"))
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .debounce(Duration.ofMillis(20))
            .grace(GRACE)
            .start();
    open.add(mesh);
    return mesh;
  }

  private void awaitUninterruptibly() {
    try {
      slowRequestMayEnd.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private VmAgent vm(MeshControlPlane mesh, Path envoy, String group, int host) throws Exception {
    String address = net + host;
    BootstrapWriter.write(
        mesh.bundle("demo", group).address(address).bindAddress(address).build(),
        directory.resolve(group));
    VmAgent agent = agent(envoy, group);
    open.add(agent);
    return agent;
  }

  private VmAgent agent(Path envoy, String group) throws Exception {
    VmAgent agent =
        VmAgent.builder()
            .bundle(directory.resolve(group))
            .envoy(envoy)
            .drainTime(Duration.ZERO)
            .start();
    agent.awaitEnvoyReady(PATIENCE);
    return agent;
  }

  private static String name(MeshControlPlane mesh, String group) {
    return view(mesh, group).entry().name();
  }

  private static RegisteredWorkload view(MeshControlPlane mesh, String group) {
    return mesh.workloads().stream()
        .filter(vm -> vm.group().equals(group))
        .findFirst()
        .orElseThrow();
  }
}
