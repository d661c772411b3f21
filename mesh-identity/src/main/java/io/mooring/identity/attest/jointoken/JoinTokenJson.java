package io.mooring.identity.attest.jointoken;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/** The file of one token. Stateless. */
final class JoinTokenJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JoinTokenJson() {}

  static byte[] write(JoinTokenRecord token) throws IOException {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("id", token.id());
    json.put("namespace", token.group().namespace());
    json.put("group", token.group().name());
    json.put("secretDigest", token.secretDigest());
    json.put("createdAt", token.createdAt().toString());
    json.put("expiresAt", token.expiresAt().toString());
    token.usedAt().ifPresent(at -> json.put("usedAt", at.toString()));
    token.usedBy().ifPresent(key -> json.put("usedBy", key));
    json.put("revoked", token.revoked());
    return MAPPER.writeValueAsBytes(json);
  }

  /** Throws IOException for anything that {@link #write} did not write. */
  static JoinTokenRecord read(byte[] content) throws IOException {
    JsonNode json = MAPPER.readTree(content);
    try {
      JoinTokenRecord.Builder token =
          JoinTokenRecord.builder()
              .id(text(json, "id"))
              .group(JoinTokenStore.group(text(json, "namespace"), text(json, "group")))
              .secretDigest(text(json, "secretDigest"))
              .createdAt(Instant.parse(text(json, "createdAt")))
              .expiresAt(Instant.parse(text(json, "expiresAt")));
      if (json.hasNonNull("usedAt")) {
        token.usedAt(Instant.parse(text(json, "usedAt"))).usedBy(text(json, "usedBy"));
      }
      if (!json.path("revoked").isBoolean()) {
        throw new IOException("field 'revoked' (expected: true or false)");
      }
      return token.revoked(json.path("revoked").booleanValue()).build();
    } catch (DateTimeException e) {
      throw new IOException("time of a token: " + e.getMessage(), e);
    }
  }

  private static String text(JsonNode json, String field) throws IOException {
    JsonNode value = json.path(field);
    if (!value.isTextual()) {
      throw new IOException("field '" + field + "' is missing or no string");
    }
    return value.textValue();
  }
}
