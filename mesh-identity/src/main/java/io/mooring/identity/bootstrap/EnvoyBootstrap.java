package io.mooring.identity.bootstrap;

import static io.mooring.identity.bootstrap.Json.object;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.IpLiteral;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The bootstrap of a VM's Envoy: delta ADS from {@code xds-grpc} over mTLS, secrets from {@code
 * sds-grpc} on a Unix socket. Immutable.
 *
 * <p>The bundle's file is valid as it is; the agent replaces what only the running VM knows.
 */
public final class EnvoyBootstrap {

  private static final int MAX_SOCKET_PATH = 107; // sun_path of Linux less the final NUL
  private static final String SDS_PATH =
      "/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/pipe";

  private final ObjectNode json;

  private EnvoyBootstrap(ObjectNode json) {
    this.json = json;
  }

  static EnvoyBootstrap of(BootstrapBundle bundle) {
    return new EnvoyBootstrap(EnvoyBootstrapJson.of(bundle));
  }

  /**
   * Returns the bootstrap that {@code text} spells.
   *
   * @throws IllegalArgumentException if it is no JSON object with a node and static clusters
   */
  public static EnvoyBootstrap parse(String text) {
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("envoy.json is no JSON: " + e.getOriginalMessage(), e);
    }
    if (!(json instanceof ObjectNode bootstrap)
        || !(json.path("node").path("metadata") instanceof ObjectNode)
        || !json.path("static_resources").path("clusters").isArray()) {
      throw new IllegalArgumentException(
          "envoy.json has no node with metadata or no static clusters (expected: the file of a"
              + " bundle)");
    }
    return new EnvoyBootstrap(bootstrap);
  }

  /**
   * Returns this bootstrap with secrets from {@code socket}.
   *
   * @throws IllegalArgumentException if the path is longer than 107 bytes, or there is no cluster
   *     {@code sds-grpc}
   */
  public EnvoyBootstrap withSdsSocket(Path socket) {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_SOCKET_PATH) {
      throw new IllegalArgumentException(
          "socket path '"
              + socket
              + "' has "
              + length
              + " bytes (expected: at most "
              + MAX_SOCKET_PATH
              + ")");
    }
    ObjectNode copy = json.deepCopy();
    for (JsonNode cluster : copy.path("static_resources").path("clusters")) {
      if (cluster.path("name").asText().equals(EnvoyBootstrapJson.SDS_CLUSTER)
          && cluster.at(SDS_PATH) instanceof ObjectNode pipe) {
        pipe.put("path", socket.toString());
        return new EnvoyBootstrap(copy);
      }
    }
    throw new IllegalArgumentException(
        "envoy.json has no cluster '" + EnvoyBootstrapJson.SDS_CLUSTER + "' on a Unix socket");
  }

  /**
   * Returns this bootstrap for a VM whose IP in the mesh is {@code address}.
   *
   * @throws IllegalArgumentException if {@code address} is no IP literal
   */
  public EnvoyBootstrap withAddress(String address) {
    IpLiteral.requireOneMachine("address", address);
    ObjectNode copy = json.deepCopy();
    ObjectNode node = (ObjectNode) copy.path("node");
    ObjectNode metadata = (ObjectNode) node.path("metadata");
    metadata.put("INSTANCE_IPS", address);
    node.put(
        "id",
        EnvoyBootstrapJson.nodeId(
            address,
            metadata.path("AUTO_REGISTER_GROUP").asText(),
            metadata.path("NAMESPACE").asText()));
    return new EnvoyBootstrap(copy);
  }

  /**
   * Returns this bootstrap for an Envoy that refuses deprecated fields, as tests want it. Not for
   * production: an upgrade of Envoy could then refuse what worked before.
   */
  public EnvoyBootstrap withFatalDeprecations() {
    ObjectNode copy = json.deepCopy();
    copy.withArray("/layered_runtime/layers")
        .insert(
            0,
            object(
                "name",
                "fatal-deprecations",
                "static_layer",
                object("envoy.features.fail_on_any_deprecated_feature", true)));
    return new EnvoyBootstrap(copy);
  }

  /** Returns the node id, {@code sidecar~ip~name.namespace~domain}. */
  public String nodeId() {
    return json.path("node").path("id").asText();
  }

  /** Returns the node with its metadata, the JSON of an Envoy {@code Node}. */
  public String nodeJson() {
    return Json.print(json.path("node"));
  }

  /** Returns the text of the file. */
  public String toJson() {
    return Json.print(json);
  }
}
