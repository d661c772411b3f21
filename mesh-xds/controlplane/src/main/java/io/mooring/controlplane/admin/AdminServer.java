package io.mooring.controlplane.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@link AdminPage}s over HTTP/1: GET and HEAD only, exact paths only. */
public final class AdminServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final int THREADS = 2;

  private final HttpServer server;
  private final ExecutorService executor;
  private final Map<String, AdminPage> pages;

  private AdminServer(HttpServer server, ExecutorService executor, Map<String, AdminPage> pages) {
    this.server = server;
    this.executor = executor;
    this.pages = pages;
  }

  /**
   * Opens the server.
   *
   * @param pages by path, e.g. {@code /ready}
   * @throws IOException if the address is in use
   */
  public static AdminServer start(InetSocketAddress address, Map<String, AdminPage> pages)
      throws IOException {
    HttpServer server = opened(address);
    AtomicInteger count = new AtomicInteger();
    ExecutorService executor =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "mooring-admin-" + count.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    AdminServer admin = new AdminServer(server, executor, Map.copyOf(pages));
    server.setExecutor(executor);
    server.createContext("/", admin::handle);
    server.start();
    return admin;
  }

  private static HttpServer opened(InetSocketAddress address) throws IOException {
    try {
      return HttpServer.create(address, 0);
    } catch (BindException e) {
      BindException named =
          new BindException(
              "admin: %s:%d cannot be opened: %s"
                  .formatted(address.getHostString(), address.getPort(), e.getMessage()));
      named.initCause(e);
      throw named;
    }
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      AdminPage.Reply reply = reply(exchange);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", reply.contentType());
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(reply.status(), -1);
        return;
      }
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private AdminPage.Reply reply(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    AdminPage page = pages.get(path);
    if (page == null) {
      return AdminPage.Reply.notFound("page " + path);
    }
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return AdminPage.Reply.text(405, "method " + method + " not allowed\n");
    }
    try {
      return page.get(query(exchange.getRequestURI().getRawQuery()));
    } catch (RuntimeException e) {
      log.warn("event=admin_page_failed path={}", path, e);
      return AdminPage.Reply.text(500, "page " + path + " failed; the log says why\n");
    }
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : Objects.requireNonNullElse(raw, "").split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return query;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Ends the server; requests under way are cut off. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
