package io.mooring.testkit.traffic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With sockets, for what clients see; what is decided is {@link TrafficSimulationTest}'s. */
@Timeout(30)
class InProcessProxyTest {

  private static final String LOOPBACK = "127.0.0.1";

  private final InProcessProxy proxy = new InProcessProxy(new Random(1));
  private HttpServer upstream;
  private int port;

  @BeforeEach
  void start() throws IOException {
    upstream = HttpServer.create(Localhost.port(0), 0);
    upstream.createContext(
        "/",
        exchange -> {
          String seen =
              "%s %s host=%s x=%s body=%s"
                  .formatted(
                      exchange.getRequestMethod(),
                      exchange.getRequestURI(),
                      exchange.getRequestHeaders().getFirst("host"),
                      exchange.getRequestHeaders().getFirst("x-test"),
                      new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.getResponseHeaders().set("x-from", "upstream");
          boolean chunked = exchange.getRequestURI().getPath().equals("/chunked");
          exchange.sendResponseHeaders(200, chunked ? 0 : seen.length());
          exchange.getResponseBody().write(seen.getBytes(UTF_8));
          exchange.close();
        });
    upstream.start();
    port = Localhost.freePort();
  }

  @AfterEach
  void stop() {
    proxy.close();
    upstream.stop(0);
  }

  @Test
  void portThatIsTakenIsToldAndTheOthersAreOpened() throws IOException {
    try (ServerSocket taken = Localhost.listen()) {
      HandMade config =
          routed()
              .listener(
                  """
                  {"name": "taken", "address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}},
                   "filter_chains": [{%s}]}"""
                      .formatted(taken.getLocalPort(), HandMade.httpFilters("r")));
      assertThatThrownBy(() -> proxy.apply(config.resources()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
    }
    assertThat(get("/")).startsWith("HTTP/1.1 200");
  }

  @Test
  void connectionThatNoChainTakesIsClosedWithoutAnAnswer() throws IOException {
    proxy.apply(
        HandMade.NOTHING
            .listener(
                """
                {"name": "tls-only", "traffic_direction": "INBOUND", "address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}},
                 "filter_chains": [{"filter_chain_match": {"transport_protocol": "tls"}, %s}]}"""
                    .formatted(port, HandMade.httpFilters("r")))
            .resources());
    assertThat(get("/")).isEmpty();
  }

  @Test
  void deadUpstreamIs503() throws IOException {
    proxy.apply(
        listening()
            .route("r", "\"route\": {\"cluster\": \"c\"}")
            .clusterAt("c", LOOPBACK, Localhost.freePort())
            .resources());
    assertThat(get("/")).startsWith("HTTP/1.1 503").contains("upstream connect error");
  }

  @Test
  void upstreamThatWantsTlsIs503AndSaysWhy() throws IOException {
    proxy.apply(
        listening()
            .route("r", "\"route\": {\"cluster\": \"c\"}")
            .clusterAt("c", LOOPBACK, upstream.getAddress().getPort())
            .cluster(
                """
                {"name": "c", "type": "EDS", "transport_socket": {"name": "tls", "typed_config":
                  {"@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"}}}""")
            .resources());
    assertThat(get("/")).startsWith("HTTP/1.1 503").contains("wants TLS");
  }

  @Test
  void configurationThatIsNotSimulatedIs501AndNamed() throws IOException {
    proxy.apply(
        listening().route("r", "\"route\": {\"cluster_header\": \"x-cluster\"}").resources());
    assertThat(get("/")).startsWith("HTTP/1.1 501").contains("CLUSTER_HEADER is not simulated");
  }

  @Test
  void silentUpstreamIs504WhenTheTimeoutIsOver() throws IOException {
    try (ServerSocket silent = Localhost.listen()) {
      proxy.apply(
          listening()
              .route("r", "\"route\": {\"cluster\": \"c\", \"timeout\": \"0.2s\"}")
              .clusterAt("c", LOOPBACK, silent.getLocalPort())
              .resources());
      long start = System.nanoTime();
      assertThat(get("/")).startsWith("HTTP/1.1 504").contains("upstream request timeout");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(200), Duration.ofSeconds(5));
    }
  }

  @Test
  void faultDelaysAndAborts() throws IOException {
    proxy.apply(
        routed(
                """
                , "typed_per_filter_config": {"envoy.filters.http.fault": {
                 "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
                 "delay": {"fixed_delay": "0.2s", "percentage": {"numerator": 100}},
                 "abort": {"http_status": 418, "percentage": {"numerator": 100}}}}""")
            .resources());
    long start = System.nanoTime();
    assertThat(get("/")).startsWith("HTTP/1.1 418").endsWith("fault filter abort");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(199));
  }

  @Test
  void requestAndResponsePassWithHostHeadersQueryAndBody() throws IOException {
    proxy.apply(routed().resources());
    String response =
        send(
            "POST /a%20b?q=1 HTTP/1.1\r\nhost: reviews:9080\r\nx-test: y\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc");
    assertThat(response)
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("x-from: upstream")
        .endsWith("POST /a%20b?q=1 host=reviews:9080 x=y body=abc");
  }

  @Test
  void chunkedResponseIsPassedOnWhole() throws IOException {
    proxy.apply(routed().resources());
    assertThat(get("/chunked")).endsWith("GET /chunked host=reviews x=null body=");
  }

  @Test
  void updateChangesRoutesAtOnceAndClosesPortsThatAreGone() throws IOException {
    proxy.apply(routed().resources());
    assertThat(get("/")).startsWith("HTTP/1.1 200");

    proxy.apply(listening().route("r", "\"direct_response\": {\"status\": 403}").resources());
    assertThat(get("/")).startsWith("HTTP/1.1 403");

    proxy.apply(HandMade.NOTHING.resources());
    assertThatThrownBy(() -> get("/")).isInstanceOf(ConnectException.class);
  }

  @Test
  void closedProxyLeavesNoPortOpen() {
    proxy.apply(routed().resources());
    proxy.close();
    proxy.close();
    assertThatThrownBy(() -> get("/")).isInstanceOf(ConnectException.class);
  }

  private HandMade listening() {
    return HandMade.NOTHING.outbound(LOOPBACK, port, "r");
  }

  private HandMade routed() {
    return routed("");
  }

  private HandMade routed(String more) {
    return listening()
        .route("r", "\"route\": {\"cluster\": \"c\"}" + more)
        .clusterAt("c", LOOPBACK, upstream.getAddress().getPort());
  }

  private String get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nhost: reviews\r\nconnection: close\r\n\r\n");
  }

  private String send(String message) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(Localhost.port(port));
      socket.getOutputStream().write(message.getBytes(UTF_8));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(all);
      return all.toString(UTF_8);
    }
  }
}
