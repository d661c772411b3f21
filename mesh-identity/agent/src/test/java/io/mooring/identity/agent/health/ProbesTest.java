package io.mooring.identity.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.mooring.model.networking.ReadinessProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbesTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"200, true", "204, true", "302, true", "399, true", "400, false", "503, false"})
  void httpIsWellFrom200To399(int status, boolean well) throws IOException {
    HttpProbe probe = http(server(status, new CopyOnWriteArrayList<>()), false, List.of());

    if (well) {
      assertThatCode(() -> probe.check(TIMEOUT)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> probe.check(TIMEOUT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("answered " + status + " (expected: 200 to 399)")
          .hasMessageContaining("/ready?x=1");
    }
  }

  @Test
  void httpSendsTheProbesHeadersInPlaceOfItsOwn() throws IOException {
    List<Headers> seen = new CopyOnWriteArrayList<>();
    int port = server(200, seen);

    http(port, false, List.of()).check(TIMEOUT);
    http(port, false, List.of(header("host", "app.example"), header("X-Probe", "a\r\nX-Evil: b")))
        .check(TIMEOUT);

    assertThat(seen.get(0).get("Host")).containsExactly("127.0.0.1:" + port);
    assertThat(seen.get(0).get("User-Agent")).containsExactly("istio-probe/1.0");
    assertThat(seen.get(0).get("Connection")).containsExactly("close");
    assertThat(seen.get(1).get("Host")).containsExactly("app.example");
    assertThat(seen.get(1)).doesNotContainKey("X-evil");
  }

  @Test
  void bodyThatFollowsTheHeadIsRead() throws Exception {
    ServerSocket server = new ServerSocket(0, 5, LOOPBACK);
    open.add(server);
    CompletableFuture<Integer> afterTheBody =
        CompletableFuture.supplyAsync(
            () -> {
              try (var client = server.accept()) {
                client.getInputStream().readNBytes(16);
                client.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\n\r\n"));
                client.getOutputStream().flush();
                client.getInputStream().skipNBytes(client.getInputStream().available());
                client.setSoTimeout(100);
                assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class); // the prober is still there
                client.getOutputStream().write(ascii("well"));
                client.shutdownOutput();
                client.setSoTimeout(2_000);
                return client.getInputStream().read();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    http(server.getLocalPort(), false, List.of()).check(TIMEOUT);

    assertThat(afterTheBody.get(5, TimeUnit.SECONDS)).isEqualTo(-1);
  }

  @Test
  void statusCountsAlsoIfTheBodyNeverEnds() throws Exception {
    ServerSocket server = new ServerSocket(0, 5, LOOPBACK);
    open.add(server);
    CompletableFuture<Socket> client =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                Socket accepted = server.accept();
                accepted.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\n\r\nwell"));
                return accepted;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    http(server.getLocalPort(), false, List.of()).check(SHORT);

    open.add(client.get(5, TimeUnit.SECONDS));
  }

  @Test
  void silentHttpServerFailsAtTheTimeout() throws IOException {
    int port = listening();
    assertThatThrownBy(() -> http(port, false, List.of()).check(SHORT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("timed out");
  }

  @Test
  void silentTlsServerFailsAtTheTimeout() throws IOException {
    int port = listening();
    assertThatThrownBy(() -> http(port, true, List.of()).check(SHORT))
        .isInstanceOf(IOException.class);
  }

  @Test
  void dripFeedIsNoAnswer() throws Exception {
    ServerSocket server = new ServerSocket(0, 5, LOOPBACK);
    open.add(server);
    Thread drip =
        new Thread(
            () -> {
              try (var client = server.accept()) {
                for (int i = 0; i < 100; i++) {
                  client.getOutputStream().write('H');
                  client.getOutputStream().flush();
                  Thread.sleep(50);
                }
              } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    drip.setDaemon(true);
    drip.start();

    long started = System.nanoTime();
    assertThatThrownBy(() -> http(server.getLocalPort(), false, List.of()).check(SHORT))
        .isInstanceOf(IOException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-x\r\n", "HTTP/2.0 200 OK\r\n", "HTTP/1.1 20 OK\r\n", "\r\n", ""})
  void otherProtocolIsNotWell(String answer) throws Exception {
    ServerSocket server = new ServerSocket(0, 5, LOOPBACK);
    open.add(server);
    Thread once =
        new Thread(
            () -> {
              try (var client = server.accept()) {
                client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    once.setDaemon(true);
    once.start();

    assertThatThrownBy(() -> http(server.getLocalPort(), false, List.of()).check(TIMEOUT))
        .isInstanceOf(IOException.class);
  }

  @Test
  void tcpIsWellIfSomebodyListens() throws IOException {
    new TcpProbe(target(listening())).check(TIMEOUT);
    int free = free();
    assertThatThrownBy(() -> new TcpProbe(target(free)).check(TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + free)
        .hasMessageContaining("refused");
  }

  @Test
  void execIsWellAtExitCodeZero(@TempDir Path directory) throws IOException {
    Path marker = directory.resolve("ran");
    new ExecProbe(List.of("touch", marker.toString())).check(TIMEOUT);
    assertThat(marker).exists();
    assertThatThrownBy(() -> new ExecProbe(List.of("sh", "-c", "exit 7")).check(TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exit code 7");
    assertThatThrownBy(() -> new ExecProbe(List.of("/no/such/program")).check(TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/no/such/program");
  }

  @Test
  void commandThatHangsIsKilledWithItsChildren(@TempDir Path directory) throws IOException {
    Path pid = directory.resolve("pid");
    ExecProbe probe = new ExecProbe(List.of("sh", "-c", "sleep 60 & echo $! > " + pid + "; wait"));
    assertThatThrownBy(() -> probe.check(Duration.ofMillis(500)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not end within 500 ms");
    long child = Long.parseLong(Files.readString(pid).strip());
    await().until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void grpcIsWellWhenServing() throws Exception {
    HealthStatusManager status = new HealthStatusManager();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(LOOPBACK, 0))
            .addService(status.getHealthService())
            .build()
            .start();
    open.add(server::shutdownNow);
    status.setStatus("app", ServingStatus.NOT_SERVING);

    new GrpcProbe(target(server.getPort()), "").check(TIMEOUT);
    assertThatThrownBy(() -> new GrpcProbe(target(server.getPort()), "app").check(TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NOT_SERVING (expected: SERVING)");
    assertThatThrownBy(() -> new GrpcProbe(target(server.getPort()), "other").check(TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NOT_FOUND");
    int free = free();
    assertThatThrownBy(() -> new GrpcProbe(target(free), "").check(TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("UNAVAILABLE");
    int silent = listening();
    assertThatThrownBy(() -> new GrpcProbe(target(silent), "").check(SHORT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("DEADLINE_EXCEEDED");
  }

  @Test
  void capturedVmIsProbedPastItsProxyAndOthersAsTheyAre() throws Exception {
    List<String> peers = new CopyOnWriteArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 5);
    server.createContext(
        "/",
        exchange -> {
          peers.add(exchange.getRemoteAddress().getAddress().getHostAddress());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    open.add(() -> server.stop(0));
    ProbeTarget captured = new ProbeTarget("127.0.0.1", server.getAddress().getPort(), true);

    new HttpProbe(captured, false, "/", List.of()).check(TIMEOUT);

    assertThat(peers).containsExactly("127.0.0.6");
    assertThat(captured.source(InetAddress.getByAddress(ipv6(1))))
        .contains(InetAddress.getByAddress(ipv6(6)));
    assertThat(captured.source(InetAddress.getByName("203.0.113.9"))).isEmpty();
    assertThat(target(1).source(LOOPBACK)).isEmpty();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] ipv6(int last) {
    byte[] address = new byte[16];
    address[15] = (byte) last;
    return address;
  }

  private int server(int status, List<Headers> seen) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 5);
    server.createContext(
        "/ready",
        exchange -> {
          seen.add(exchange.getRequestHeaders());
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private int listening() throws IOException {
    ServerSocket server = new ServerSocket(0, 5, LOOPBACK);
    open.add(server);
    return server.getLocalPort();
  }

  private static int free() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      return server.getLocalPort();
    }
  }

  private static ProbeTarget target(int port) {
    return new ProbeTarget("127.0.0.1", port, false);
  }

  private static HttpProbe http(int port, boolean tls, List<ReadinessProbe.Header> headers) {
    return new HttpProbe(target(port), tls, "/ready?x=1", headers);
  }

  private static ReadinessProbe.Header header(String name, String value) {
    return ReadinessProbe.Header.builder().name(name).value(value).build();
  }
}
