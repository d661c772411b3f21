package io.mooring.testkit.traffic;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.mooring.testkit.traffic.TrafficConnection.Direction;
import io.mooring.testkit.traffic.TrafficVerdict.Forward;
import io.mooring.testkit.traffic.TrafficVerdict.Reply;
import io.mooring.testkit.traffic.TrafficVerdict.Reset;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Does with each request what the simulation says. Thread-safe. */
final class ProxyHandler implements HttpHandler {

  private final Direction direction;
  private final Supplier<TrafficSimulation> simulation;
  private final RandomGenerator random;

  ProxyHandler(
      Direction direction, Supplier<TrafficSimulation> simulation, RandomGenerator random) {
    this.direction = direction;
    this.simulation = simulation;
    this.random = random;
  }

  /** What goes back to the client. */
  private record Answer(int status, Map<String, List<String>> headers, ByteString body) {

    static Answer text(int status, String body) {
      return new Answer(
          status, Map.of("content-type", List.of("text/plain")), ByteString.copyFromUtf8(body));
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      TrafficVerdict verdict;
      try {
        verdict = simulation.get().decide(connection(exchange), request(exchange), random);
      } catch (UnsupportedConfigurationException e) {
        send(exchange, Answer.text(501, Objects.requireNonNullElse(e.getMessage(), "")));
        return;
      }
      if (verdict instanceof Reset) {
        // Closed without a byte, as the client of a real proxy would see it.
        return;
      }
      send(
          exchange,
          verdict.fold(
              forward -> forwarded(forward, body),
              ProxyHandler::replied,
              reset -> Answer.text(503, reset.reason())));
    }
  }

  private TrafficConnection connection(HttpExchange exchange) {
    InetSocketAddress local = exchange.getLocalAddress();
    String address = local.getAddress().getHostAddress();
    return direction == Direction.INBOUND
        ? TrafficConnection.inbound(address, local.getPort())
        : TrafficConnection.outbound(address, local.getPort());
  }

  private static TrafficRequest request(HttpExchange exchange) {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name, String.join(",", values)));
    headers.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).equals("host"));
    return new TrafficRequest(
        exchange.getRequestMethod(),
        Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Host"), ""),
        exchange.getRequestURI().toString(),
        headers);
  }

  private static Answer replied(Reply reply) {
    pause(reply.delay());
    Answer answer = Answer.text(reply.status(), reply.body());
    return reply.location().isEmpty()
        ? answer
        : new Answer(reply.status(), Map.of("location", List.of(reply.location())), answer.body());
  }

  private static Answer forwarded(Forward forward, byte[] body) {
    pause(forward.delay());
    if (forward.upstream().tls()) {
      return Answer.text(
          503,
          "%s wants TLS (%s), which the in-process proxy does not speak"
              .formatted(forward.trace().endpoint(), forward.upstream().transportSocket()));
    }
    try {
      PlainHttpCall.Response response =
          PlainHttpCall.send(forward.upstream(), forward.request(), body, forward.timeout());
      return new Answer(response.status(), response.headers(), response.body());
    } catch (SocketTimeoutException e) {
      return Answer.text(504, "upstream request timeout");
    } catch (IOException e) {
      return Answer.text(
          503, "upstream connect error or disconnect/reset before headers: " + e.getMessage());
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    answer.headers().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
    boolean bodiless =
        answer.body().isEmpty()
            || answer.status() == 204
            || answer.status() == 304
            || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : answer.body().size());
    if (!bodiless) {
      answer.body().writeTo(exchange.getResponseBody());
    }
  }

  private static void pause(Duration delay) {
    if (delay.isZero()) {
      return;
    }
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("proxy closed"));
    }
  }
}
