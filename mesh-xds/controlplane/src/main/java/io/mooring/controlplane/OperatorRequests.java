package io.mooring.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.attest.jointoken.JoinTokenRecord;
import io.mooring.identity.bootstrap.BootstrapBundle;
import io.mooring.identity.bootstrap.CaptureMode;
import io.mooring.identity.issue.BanList;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.service.AdminState;
import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what the command line asks through the operator's socket, by the control plane's public
 * methods.
 */
final class OperatorRequests {

  private static final Logger log = LoggerFactory.getLogger(MeshControlPlane.class);
  private static final String SERIAL = "serial:"; // as BanList lists certificates

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
      case "trust-bundle" -> object().put("bundle", controlPlane.trustBundle().toJson());
      case "bans" -> bans();
      case "ban" -> ban(request);
      case "unban" -> unban(request);
      case "workloads" -> workloads();
      case "admin-state" -> adminState(request);
      default ->
          throw new IllegalArgumentException(
              ("operation '%s' is unknown (expected: token, tokens, revoke, bundle, ca,"
                      + " trust-bundle, bans, ban, unban, workloads, admin-state)")
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

  private ObjectNode bans() {
    ObjectNode reply = object();
    ArrayNode bans = reply.putArray("bans");
    controlPlane.bans().list().forEach(bans::add);
    return reply;
  }

  private ObjectNode ban(JsonNode request) {
    BanList bans = controlPlane.bans();
    String who = text(request, "who");
    Optional<BigInteger> serial = serial(who);
    if (serial.isPresent()) {
      bans.ban(serial.get());
    } else {
      bans.ban(SpiffeId.parse(who));
    }
    log.info("event=banned who={}", who);
    return object();
  }

  private ObjectNode unban(JsonNode request) {
    BanList bans = controlPlane.bans();
    String who = text(request, "who");
    boolean lifted = serial(who).map(bans::lift).orElseGet(() -> bans.lift(SpiffeId.parse(who)));
    if (!lifted) {
      throw new IllegalArgumentException("'" + who + "' is not banned");
    }
    log.info("event=unbanned who={}", who);
    return object();
  }

  /** Returns the number of {@code serial:HEX}; empty for what must be a SPIFFE ID. */
  private static Optional<BigInteger> serial(String who) {
    if (!who.startsWith(SERIAL)) {
      return Optional.empty();
    }
    String hex = who.substring(SERIAL.length());
    if (!hex.matches("[0-9a-fA-F]{1,40}")) { // RFC 5280 4.1.2.2: at most 20 bytes
      throw new IllegalArgumentException(
          "'" + who + "' (expected: serial: and 1 to 40 hex digits)");
    }
    return Optional.of(new BigInteger(hex, 16));
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
