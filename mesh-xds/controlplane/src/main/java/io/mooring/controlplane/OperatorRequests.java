package io.mooring.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.attest.jointoken.JoinTokenRecord;
import io.mooring.identity.bootstrap.BootstrapBundle;
import io.mooring.identity.bootstrap.CaptureMode;
import io.mooring.service.AdminState;
import java.time.Duration;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * Answers what the command line asks through the operator's socket, by the control plane's public
 * methods.
 */
final class OperatorRequests {

  private final MeshControlPlane controlPlane;
  private final RotationRequests rotation;
  private final InstantSource clock;

  OperatorRequests(MeshControlPlane controlPlane, InstantSource clock) {
    this.controlPlane = controlPlane;
    this.rotation = new RotationRequests(controlPlane.certificateAuthority());
    this.clock = clock;
  }

  /**
   * Returns the answer to {@code request}.
   *
   * @throws IllegalArgumentException if the request is refused; the message is for the caller
   */
  ObjectNode answer(JsonNode request) {
    return switch (request.path("op").asText()) {
      case "token" -> token(request);
      case "tokens" -> tokens();
      case "revoke" -> revoke(request);
      case "bundle" -> bundle(request);
      case "ca" -> rotation.answer(request);
      case "workloads" -> workloads();
      case "admin-state" -> adminState(request);
      default ->
          throw new IllegalArgumentException(
              ("operation '%s' is unknown (expected: token, tokens, revoke, bundle, ca, workloads,"
                      + " admin-state)")
                  .formatted(request.path("op").asText()));
    };
  }

  private ObjectNode token(JsonNode request) {
    Duration ttl;
    try {
      ttl = Duration.parse(text(request, "ttl"));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "ttl: '" + text(request, "ttl") + "' (expected: an ISO-8601 duration)", e);
    }
    String token =
        controlPlane
            .createJoinToken(text(request, "namespace"), text(request, "group"), ttl)
            .reveal();
    return object().put("token", token);
  }

  private ObjectNode tokens() {
    ObjectNode reply = object();
    ArrayNode tokens = reply.putArray("tokens");
    for (JoinTokenRecord token : controlPlane.joinTokens()) {
      tokens
          .addObject()
          .put("id", token.id())
          .put("group", token.group().namespace() + "/" + token.group().name())
          .put("state", token.state(clock.instant()).name().toLowerCase(Locale.ROOT))
          .put("expires", token.expiresAt().toString());
    }
    return reply;
  }

  private ObjectNode revoke(JsonNode request) {
    String id = text(request, "id");
    if (!controlPlane.revokeJoinToken(id)) {
      throw new IllegalArgumentException("join token '" + id + "' is unknown");
    }
    return object();
  }

  private ObjectNode bundle(JsonNode request) {
    BootstrapBundle.Builder builder =
        controlPlane
            .bundle(text(request, "namespace"), text(request, "group"))
            .bindAddress(text(request, "bind"))
            .capture(CaptureMode.parse(text(request, "capture")));
    if (request.hasNonNull("address")) {
      builder.address(text(request, "address"));
    }
    ObjectNode reply = object();
    ObjectNode files = reply.putObject("files");
    builder.build().files().forEach(files::put);
    return reply;
  }

  private ObjectNode workloads() {
    ObjectNode reply = object();
    WorkloadJson.add(reply.putArray("workloads"), controlPlane.workloads());
    return reply;
  }

  private ObjectNode adminState(JsonNode request) {
    controlPlane.setAdminState(
        text(request, "namespace"),
        text(request, "entry"),
        AdminState.parse(text(request, "state")));
    return object();
  }

  static String text(JsonNode request, String field) {
    JsonNode value = request.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(field + " is missing (expected: a string)");
    }
    return value.asText();
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
