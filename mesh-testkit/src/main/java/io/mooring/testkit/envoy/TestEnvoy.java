package io.mooring.testkit.envoy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A real Envoy process, strict: unknown fields over xDS and deprecated fields are refused. Its
 * admin page is on a free loopback port whatever the bootstrap says, so that many run at once.
 *
 * <p>Thread-safe. Closing kills the process and removes its files.
 */
public final class TestEnvoy implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(20);
  private static final int ADMIN_TIMEOUT_MILLIS = 5_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Merged over the bootstrap by Envoy itself. */
  private static final String OVERLAY =
      """
      {"admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}},
       "layered_runtime": {"layers": [{"name": "mooring-test", "static_layer":
         {"envoy.features.fail_on_any_deprecated_feature": true}}]}}
      """;

  private final Process process;
  private final EnvoyFiles files;
  private final InetSocketAddress admin;

  private TestEnvoy(Process process, EnvoyFiles files, InetSocketAddress admin) {
    this.process = process;
    this.files = files;
    this.admin = admin;
  }

  /** Returns how to start one with this executable. */
  public static Builder builder(Path binary) {
    return new Builder(binary);
  }

  /** Returns where the admin page is. */
  public InetSocketAddress admin() {
    return admin;
  }

  /** Returns the id of the process. */
  public long pid() {
    return process.pid();
  }

  /** Returns whether the process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Returns the body of an admin page.
   *
   * @param path e.g. {@code /config_dump}
   * @throws UncheckedIOException if Envoy does not answer with 200
   */
  public String get(String path) {
    return request("GET", path);
  }

  /** Posts to an admin page, e.g. {@code /drain_listeners}, and returns the body. */
  public String post(String path) {
    return request("POST", path);
  }

  /** Returns whether {@code /ready} says LIVE: every cluster and listener is warm. */
  public boolean isReady() {
    try {
      return get("/ready").strip().equals("LIVE");
    } catch (UncheckedIOException e) {
      return false; // 503 until it is, or not listening yet
    }
  }

  /** Returns {@code /config_dump}, endpoints included. */
  public JsonNode configDump() {
    return json("/config_dump?include_eds");
  }

  /**
   * Returns the counter or gauge of exactly this name; 0 where Envoy has none, as for one that was
   * never touched.
   */
  public long stat(String name) {
    String value = "";
    for (String line : get("/stats?usedonly").split("\n", -1)) {
      if (line.startsWith(name + ": ")) {
        value = line.substring(name.length() + 2).strip();
      }
    }
    return value.isEmpty() ? 0 : Long.parseLong(value);
  }

  /** Returns the names of the active listeners, as {@code /listeners} lists them. */
  public List<String> listeners() {
    List<String> names = new ArrayList<>();
    json("/listeners?format=json")
        .path("listener_statuses")
        .forEach(status -> names.add(status.path("name").asText()));
    return names;
  }

  /**
   * Returns where a listener accepts connections, e.g. when its configuration says port 0; absent
   * while there is no active listener of this name.
   */
  public Optional<InetSocketAddress> listener(String name) {
    for (JsonNode status : json("/listeners?format=json").path("listener_statuses")) {
      JsonNode address = status.path("local_address").path("socket_address");
      if (status.path("name").asText().equals(name) && !address.isMissingNode()) {
        return Optional.of(
            new InetSocketAddress(
                address.path("address").asText(), address.path("port_value").asInt()));
      }
    }
    return Optional.empty();
  }

  /** Returns what Envoy has logged so far. */
  public String log() {
    return files.log();
  }

  /** Kills the process at once and waits for its end. Idempotent. */
  @Override
  public void close() {
    EnvoyFiles.kill(process);
    files.close();
  }

  private JsonNode json(String path) {
    try {
      return JSON.readTree(get(path));
    } catch (IOException e) {
      throw new UncheckedIOException("admin " + path + " is not JSON", e);
    }
  }

  private String request(String method, String path) {
    return request(admin, method, path);
  }

  private static String request(InetSocketAddress admin, String method, String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + admin.getHostString() + ":" + admin.getPort() + path)
                  .toURL()
                  .openConnection();
      connection.setRequestMethod(method);
      connection.setConnectTimeout(ADMIN_TIMEOUT_MILLIS);
      connection.setReadTimeout(ADMIN_TIMEOUT_MILLIS);
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        throw new IOException("status " + connection.getResponseCode() + " (expected: 200)");
      }
      try (var body = connection.getInputStream()) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("admin " + method + " " + path + " at " + admin, e);
    }
  }

  /** How to start a {@link TestEnvoy}. Not thread-safe. */
  public static final class Builder {

    private final Path binary;
    private final List<String> arguments = new ArrayList<>();
    private Supplier<EnvoyFiles> newFiles = () -> EnvoyFiles.create(Bootstrap.getDefaultInstance());
    private boolean awaitReady = true;
    private Duration startTimeout = Duration.ofSeconds(20);
    private String logLevel = "warning";

    private Builder(Path binary) {
      this.binary = requireNonNull(binary, "binary");
    }

    /** Takes a bootstrap message. */
    public Builder bootstrap(Bootstrap message) {
      requireNonNull(message, "message");
      this.newFiles = () -> EnvoyFiles.create(message);
      return this;
    }

    /** Takes a bootstrap as JSON or YAML text. */
    public Builder bootstrapJson(String text) {
      requireNonNull(text, "text");
      this.newFiles = () -> EnvoyFiles.create(text);
      return this;
    }

    /** Returns from {@link #start} as soon as the admin page answers, ready or not. */
    public Builder withoutAwaitingReady() {
      this.awaitReady = false;
      return this;
    }

    /** How long {@link #start} waits; 20 s unless set. */
    public Builder startTimeout(Duration timeout) {
      this.startTimeout = requireNonNull(timeout, "timeout");
      return this;
    }

    /** Envoy's log level; {@code warning} unless set. */
    public Builder logLevel(String level) {
      this.logLevel = requireNonNull(level, "level");
      return this;
    }

    /** Adds command line arguments. */
    public Builder arguments(String... extra) {
      arguments.addAll(List.of(extra));
      return this;
    }

    /**
     * Starts the process and waits until it is ready.
     *
     * @throws IllegalStateException with Envoy's log if it exits or is not ready in time; then
     *     nothing is left running
     */
    public TestEnvoy start() {
      EnvoyFiles files = newFiles.get();
      Process process = files.start(command(files));
      long deadline = System.nanoTime() + startTimeout.toNanos();
      try {
        InetSocketAddress admin = awaitAdmin(process, files, deadline);
        TestEnvoy envoy = new TestEnvoy(process, files, admin);
        while (awaitReady && !envoy.isReady()) {
          pause(process, files, deadline, "ready");
        }
        return envoy;
      } catch (RuntimeException e) {
        EnvoyFiles.kill(process);
        files.close();
        throw e;
      }
    }

    private List<String> command(EnvoyFiles files) {
      List<String> command = new ArrayList<>(List.of(binary.toString()));
      command.addAll(List.of("--config-path", files.bootstrap().toString()));
      command.addAll(List.of("--config-yaml", OVERLAY));
      command.addAll(List.of("--admin-address-path", files.adminAddress().toString()));
      command.addAll(List.of("--disable-hot-restart", "--concurrency", "1"));
      command.addAll(List.of("--reject-unknown-dynamic-fields", "--drain-time-s", "1"));
      command.addAll(List.of("--log-level", logLevel));
      command.addAll(arguments);
      return command;
    }

    private static InetSocketAddress awaitAdmin(Process process, EnvoyFiles files, long deadline) {
      while (true) {
        Optional<InetSocketAddress> admin = adminAddress(files.adminAddress());
        if (admin.isPresent()) {
          return admin.get();
        }
        pause(process, files, deadline, "listening on its admin port");
      }
    }

    private static Optional<InetSocketAddress> adminAddress(Path file) {
      try {
        String text = Files.exists(file) ? Files.readString(file).strip() : "";
        int colon = text.lastIndexOf(':');
        return colon < 0
            ? Optional.empty()
            : Optional.of(
                new InetSocketAddress(
                    text.substring(0, colon), Integer.parseInt(text.substring(colon + 1))));
      } catch (IOException e) {
        throw new UncheckedIOException("admin address file " + file, e);
      }
    }

    private static void pause(
        Process process, EnvoyFiles files, long deadline, String expectation) {
      try {
        if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException(
              "Envoy exited with " + process.exitValue() + ":\n" + files.log());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted before Envoy was " + expectation, e);
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Envoy is not " + expectation + " in time:\n" + files.log());
      }
    }
  }
}
