package io.mooring.examples.bookinfo.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The programs with a sidecar that answers what a test says. */
class ProgramsTest {

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private HttpServer proxy;
  private Sidecar sidecar;
  private volatile int status = 200;
  private volatile String body = "{}";

  @BeforeEach
  void start() throws IOException {
    String address = "127.%d.0.7".formatted(new Random().nextInt(20, 250));
    proxy = HttpServer.create(new InetSocketAddress(address, 9080), 0);
    proxy.createContext(
        "/",
        exchange -> {
          calls.add(
              "%s%s %s"
                  .formatted(
                      exchange.getRequestHeaders().getFirst("host"),
                      exchange.getRequestURI(),
                      exchange.getRequestHeaders().getFirst("end-user")));
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    proxy.start();
    sidecar = new Sidecar(address);
  }

  @AfterEach
  void stop() {
    proxy.stop(0);
  }

  @Test
  void reviewsWithoutRatingsStillHaveTheirTexts() throws Exception {
    status = 503;
    try (Application reviews = Reviews.start("v2", sidecar)) {
      JsonNode answer = json(reviews, "/reviews/0");
      assertThat(answer.at("/reviews")).hasSize(2);
      assertThat(answer.at("/reviews/0/rating/error").asText()).isEqualTo("ratings answered 503");
    }
  }

  @Test
  void ratingsThatAreNoJsonAreNotBelieved() throws Exception {
    body = "<html>";
    try (Application reviews = Reviews.start("v3", sidecar)) {
      assertThat(json(reviews, "/reviews/0").at("/reviews/1/rating/error").asText())
          .isEqualTo("ratings answered no JSON");
    }
  }

  @Test
  void sidecarThatIsGoneIsAnErrorOnThePageNotOfThePage() throws Exception {
    proxy.stop(0);
    try (Application page = Productpage.start(sidecar)) {
      HttpResponse<String> html = get(page, "/productpage", Map.of());
      assertThat(html.statusCode()).isEqualTo(200);
      assertThat(html.body())
          .contains("Details are not available: details gave no answer")
          .contains("Reviews are not available: reviews gave no answer");
    }
  }

  @Test
  void unknownPathIs404() throws Exception {
    try (Application details = Details.start()) {
      assertThat(get(details, "/details/1", Map.of()).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void firstVersionOfReviewsAsksNobody() throws Exception {
    try (Application reviews = Reviews.start("v1", sidecar)) {
      JsonNode answer = json(reviews, "/reviews/0");
      assertThat(answer.path("version").asText()).isEqualTo("v1");
      assertThat(answer.at("/reviews/0").has("rating")).isFalse();
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void starsComeFromRatingsInTheColourOfTheVersion() throws Exception {
    body = "{\"calledBy\": \"spiffe://td/r\", \"ratings\": {\"Reviewer1\": 5, \"Reviewer2\": 4}}";
    try (Application reviews = Reviews.start("v3", sidecar)) {
      JsonNode answer = json(reviews, "/reviews/0");
      assertThat(answer.at("/reviews/1/rating").toString())
          .isEqualTo("{\"stars\":4,\"color\":\"red\"}");
      assertThat(answer.path("ratingsCalledBy").asText()).isEqualTo("spiffe://td/r");
    }
    assertThat(calls).containsExactly("ratings/ratings/0 jason");
  }

  @Test
  void pageCallsDetailsAndReviewsByNameForTheSameUser() throws Exception {
    body =
        "{\"author\": \"A\", \"pages\": 9, \"reviews\": [{\"text\": \"t\", \"rating\": {\"stars\": 2, \"color\": \"black\"}}]}";
    try (Application page = Productpage.start(sidecar)) {
      assertThat(get(page, "/productpage", Map.of("end-user", "jason")).body())
          .contains("By A, 9 pages", "<font color=\"black\">\u2605\u2605</font>");
    }
    assertThat(calls).containsExactly("details/details/0 jason", "reviews/reviews/0 jason");
  }

  @Test
  void programSaysWhoCalledIt() throws Exception {
    try (Application ratings = Ratings.start()) {
      String answer =
          get(
                  ratings,
                  "/ratings/0",
                  Map.of("x-forwarded-client-cert", "Hash=1;URI=spiffe://td/ns/n/sa/you"))
              .body();
      assertThat(answer).contains("\"calledBy\":\"spiffe://td/ns/n/sa/you\"");
    }
  }

  @Test
  void closedProgramFreesItsPort() throws Exception {
    Application ratings = Ratings.start();
    int port = ratings.port();
    ratings.close();
    try (ServerSocket again = new ServerSocket()) {
      again.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
    }
  }

  private static JsonNode json(Application program, String path) throws Exception {
    return Application.JSON.readTree(get(program, path, Map.of("end-user", "jason")).body());
  }

  private static HttpResponse<String> get(
      Application program, String path, Map<String, String> headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + program.port() + path));
    headers.forEach(request::header);
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
