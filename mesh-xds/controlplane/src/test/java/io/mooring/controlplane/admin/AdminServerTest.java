package io.mooring.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {

  private final HttpClient client = HttpClient.newHttpClient();
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        AdminServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Map.of(
                "/who", query -> AdminPage.Reply.json("\"" + query.get("name") + "\""),
                "/broken",
                    query -> {
                      throw new IllegalStateException("inner detail");
                    }));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void unknownPageIsNotFound() throws Exception {
    assertThat(send("GET", "/").statusCode()).isEqualTo(404);
    assertThat(send("GET", "/who/else").statusCode()).isEqualTo(404);
  }

  @Test
  void otherMethodsAreNotAllowed() throws Exception {
    HttpResponse<String> reply = send("POST", "/who");
    assertThat(reply.statusCode()).isEqualTo(405);
    assertThat(reply.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @Test
  void brokenPageTellsNothingOfItsInside() throws Exception {
    HttpResponse<String> reply = send("GET", "/broken");
    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body()).doesNotContain("inner detail");
  }

  @Test
  void queryIsDecoded() throws Exception {
    HttpResponse<String> reply = send("GET", "/who?name=sidecar~10.0.0.1~a%2Eb");
    assertThat(reply.body()).isEqualTo("\"sidecar~10.0.0.1~a.b\"");
    assertThat(reply.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }
}
