package io.mooring.examples.bookinfo.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One running program: an HTTP server on {@code 127.0.0.1} and a free port. Thread-safe; its
 * threads are daemons.
 */
public final class Application implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final HttpServer server;
  private final ExecutorService threads;

  private Application(String name, HttpServer server, ExecutorService threads) {
    this.name = name;
    this.server = server;
    this.threads = threads;
  }

  /** Answers the calls of one path. */
  interface Endpoint {
    Answer answer(Call call);
  }

  /** A response. */
  record Answer(int status, String contentType, String body) {

    static Answer json(JsonNode body) {
      try {
        return new Answer(200, "application/json", JSON.writeValueAsString(body));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree without Java objects is always JSON", e);
      }
    }

    static Answer html(String body) {
      return new Answer(200, "text/html; charset=utf-8", body);
    }

    static final Answer NOT_FOUND = new Answer(404, "text/plain", "not found\n");
  }

  /**
   * Starts a program.
   *
   * @param endpoints by exact path; every other path is a 404
   * @throws IOException if there is no port
   */
  static Application start(String name, Map<String, Endpoint> endpoints) throws IOException {
    AtomicInteger number = new AtomicInteger();
    ExecutorService threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "bookinfo-" + name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    HttpServer server = HttpServer.create(new InetSocketAddress(localhost(), 0), 0);
    server.createContext("/", exchange -> handle(exchange, endpoints));
    server.setExecutor(threads);
    server.start();
    return new Application(name, server, threads);
  }

  /** Not what the JDK takes for the loopback address, which may be IPv6. */
  private static InetAddress localhost() throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  private static void handle(HttpExchange exchange, Map<String, Endpoint> endpoints)
      throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      Map<String, String> headers = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((header, values) -> headers.put(header, String.join(",", values)));
      Call call = new Call(exchange.getRequestURI().getPath(), headers);
      Endpoint endpoint = endpoints.getOrDefault(call.path(), unknown -> Answer.NOT_FOUND);
      Answer answer = endpoint.answer(call);
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().set("content-type", answer.contentType());
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Returns what it is, e.g. {@code reviews-v2}. */
  public String name() {
    return name;
  }

  /** Returns the port on {@code 127.0.0.1}. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
