package io.mooring.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.identity.ca.AuthorityState;
import io.mooring.identity.ca.RotatingCertificateAuthority;
import io.mooring.identity.ca.RotationRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the operator's steps of a CA rotation. */
final class RotationRequests {

  private static final Logger log = LoggerFactory.getLogger(MeshControlPlane.class);

  private final RotatingCertificateAuthority authority;

  RotationRequests(RotatingCertificateAuthority authority) {
    this.authority = authority;
  }

  /**
   * Takes the step that {@code request} names, and returns the CAs after it, newest first.
   *
   * @throws IllegalArgumentException if the step is refused or fails; the message is for the caller
   */
  ObjectNode answer(JsonNode request) {
    String step = OperatorRequests.text(request, "step");
    try {
      take(step, request);
    } catch (RotationRefusedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (IOException e) {
      log.info("event=ca_step_failed step={} reason=\"{}\"", step, e.getMessage());
      throw new IllegalArgumentException(step + " failed: " + e.getMessage(), e);
    }
    ObjectNode reply = OperatorRequests.object();
    ArrayNode authorities = reply.putArray("authorities");
    authority.authorities().forEach(ca -> describe(ca, authorities.addObject()));
    return reply;
  }

  private void take(String step, JsonNode request) throws IOException {
    boolean force = request.path("force").asBoolean();
    switch (step) {
      case "prepare" -> {
        if (request.hasNonNull("cacerts")) {
          authority.prepare(Path.of(OperatorRequests.text(request, "cacerts")));
        } else {
          authority.prepare();
        }
      }
      case "activate" -> authority.activate(force);
      case "retire" -> authority.retire(force);
      case "list" -> {
        return; // the answer is the list
      }
      default ->
          throw new IllegalArgumentException(
              "step '" + step + "' is unknown (expected: prepare, activate, retire, list)");
    }
    log.info(
        "event=ca_{} forced={} authorities={}",
        step,
        force,
        authority.authorities().stream()
            .map(ca -> ca.name() + ":" + ca.phase().name().toLowerCase(Locale.ROOT))
            .toList());
  }

  private void describe(AuthorityState ca, ObjectNode entry) {
    entry
        .put("name", ca.name())
        .put("phase", ca.phase().name().toLowerCase(Locale.ROOT))
        .put("published", ca.publishedAt().toString());
    Optional<Instant> next =
        switch (ca.phase()) {
          case PREPARED -> authority.activatableAt();
          case ACTIVE -> Optional.empty();
          case OLD -> Optional.of(ca.signedUntil().orElse(ca.publishedAt()));
        };
    next.ifPresent(from -> entry.put("nextStepFrom", from.toString()));
  }
}
