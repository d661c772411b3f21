package io.mooring.controlplane.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sends one request to the control plane that holds a data directory. */
public final class OperatorClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private OperatorClient() {}

  /**
   * Returns the control plane's answer.
   *
   * @throws IllegalArgumentException if the control plane refused the request; the message is its
   *     reason
   * @throws IOException if no control plane answers for {@code dataDirectory}
   */
  public static JsonNode call(Path dataDirectory, ObjectNode request) throws IOException {
    Path socket = OperatorSocketPath.toConnect(dataDirectory);
    if (!Files.exists(socket)) {
      throw new IOException(
          "no control plane is running with data directory " + dataDirectory + " (start: serve)");
    }
    JsonNode reply;
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      Channels.newOutputStream(channel)
          .write((JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
      InputStream in = Channels.newInputStream(channel);
      reply = JSON.readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new IOException(
          "the control plane of data directory "
              + dataDirectory
              + " does not answer: "
              + e.getMessage(),
          e);
    }
    if (reply.hasNonNull("error")) {
      throw new IllegalArgumentException(reply.get("error").asText());
    }
    return reply;
  }
}
