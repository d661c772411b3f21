package io.mooring.identity.attest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.mooring.identity.BadInput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFetcherTest {

  private HttpServer server;
  private int asked;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/good", 200, "hello".getBytes(StandardCharsets.UTF_8));
    answer("/failing", 500, new byte[0]);
    answer("/big", 200, new byte[10 << 20]);
    server.createContext(
        "/away",
        exchange -> {
          asked++;
          exchange.getResponseHeaders().add("Location", "http://169.254.169.254/latest");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(String path, int status, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          asked++;
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          } catch (IOException e) {
            // the fetcher broke off, as it should
          }
        });
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static HttpFetcher anyAddress() {
    return HttpFetcher.ofAnyAddress(HttpClient.newHttpClient());
  }

  @Test
  @BadInput(40)
  void errorsRedirectsAndGreatBodiesAreFailures() throws IOException {
    assertThat(anyAddress().fetch(at("/good"))).asString().isEqualTo("hello");
    assertThatThrownBy(() -> anyAddress().fetch(at("/failing")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("500");
    assertThatThrownBy(() -> anyAddress().fetch(at("/away")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("302");
    assertThatThrownBy(() -> anyAddress().fetch(at("/big")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1048576");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/",
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.100.100.200/latest/meta-data",
        "http://100.64.0.1/",
        "http://100.127.255.255/",
        "http://192.0.0.192/opc/v2",
        "http://[::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/"
      })
  @BadInput(40)
  void privateNetworksAreNotAsked(String address) {
    assertThatThrownBy(() -> HttpFetcher.ofPublicHttp().fetch(URI.create(address)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("private network");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/",
        "https://user@example.org/",
        "file:///etc/passwd",
        "https:x"
      })
  @BadInput({40, 45})
  void addressesOfAnotherFormAreNotAsked(String address) {
    assertThatThrownBy(() -> HttpFetcher.ofPublicHttps().fetch(URI.create(address)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(address);
    assertThat(asked).isZero();
  }

  @Test
  void clientThatFollowsRedirectsIsRefused() {
    HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();
    assertThatThrownBy(() -> HttpFetcher.ofAnyAddress(client))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NEVER");
  }
}
