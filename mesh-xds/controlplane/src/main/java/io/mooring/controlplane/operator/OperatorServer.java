package io.mooring.controlplane.operator;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the operator's requests on a Unix socket (0600) in the data directory: one JSON object a
 * line in, one out. Requests are served one after the other on the thread {@code
 * mooring-operator-0}.
 */
public final class OperatorServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OperatorServer.class);
  private static final int MAX_REQUEST_CHARS = 64 * 1024;

  private final ObjectMapper json = new ObjectMapper();
  private final Path dataDirectory;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Function<JsonNode, ObjectNode> handler;

  private OperatorServer(
      Path dataDirectory,
      Path socket,
      ServerSocketChannel server,
      Function<JsonNode, ObjectNode> handler) {
    this.dataDirectory = dataDirectory;
    this.socket = socket;
    this.server = server;
    this.handler = handler;
  }

  /**
   * Opens the socket.
   *
   * @param handler answers one request; an {@link IllegalArgumentException} becomes an error that
   *     the caller sees
   * @throws IOException if the socket cannot be bound, e.g. because its path is too long
   */
  public static OperatorServer start(Path dataDirectory, Function<JsonNode, ObjectNode> handler)
      throws IOException {
    requireNonNull(handler, "handler");
    Path socket = OperatorSocketPath.toBind(dataDirectory);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      server.close();
      throw new IOException("operator socket " + socket + ": " + e.getMessage(), e);
    }
    OperatorServer operator = new OperatorServer(dataDirectory, socket, server, handler);
    Thread thread = new Thread(operator::serve, "mooring-operator-0");
    thread.setDaemon(true);
    thread.start();
    return operator;
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        answer(client);
      } catch (AsynchronousCloseException e) {
        log.debug("event=operator_socket_closed");
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        log.warn("event=operator_request_failed reason=\"{}\"", e.getMessage());
      }
    }
  }

  private void answer(SocketChannel client) throws IOException {
    BufferedReader reader =
        new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8), MAX_REQUEST_CHARS);
    StringBuilder request = new StringBuilder();
    for (int c = reader.read(); c >= 0 && c != '\n'; c = reader.read()) {
      if (request.length() == MAX_REQUEST_CHARS) {
        throw new IOException("request is longer than " + MAX_REQUEST_CHARS + " characters");
      }
      request.append((char) c);
    }
    byte[] reply =
        (json.writeValueAsString(reply(request.toString())) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    Channels.newOutputStream(client).write(reply);
  }

  private ObjectNode reply(String request) {
    try {
      return handler.apply(json.readTree(request));
    } catch (JsonProcessingException e) {
      return json.createObjectNode().put("error", "request is no JSON object");
    } catch (IllegalArgumentException e) {
      return json.createObjectNode().put("error", e.getMessage());
    } catch (RuntimeException e) {
      log.warn("event=operator_request_failed", e);
      return json.createObjectNode().put("error", "the control plane failed; its log says why");
    }
  }

  /** Closes and removes the socket. */
  @Override
  public void close() {
    if (!server.isOpen()) {
      return;
    }
    try {
      server.close();
      OperatorSocketPath.remove(dataDirectory, socket);
    } catch (IOException e) {
      log.warn("event=operator_socket_not_removed path={} reason=\"{}\"", socket, e.getMessage());
    }
  }
}
