package io.mooring.identity.attest.azure;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The fields of an attested document that count, each checked for its form. Immutable. */
record AttestedDocument(
    String nonce, String subscription, String vmId, Optional<String> sku, Instant expiresOn) {

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MM/dd/yy HH:mm:ss xx", Locale.ROOT);
  static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  static AttestedDocument parse(byte[] content) {
    try {
      JsonNode json = MAPPER.readTree(content);
      JsonNode sku = json.path("sku");
      return new AttestedDocument(
          json.path("nonce").asText(),
          uuid(json, "subscriptionId"),
          uuid(json, "vmId"),
          sku.isTextual() && !sku.textValue().isEmpty()
              ? Optional.of(sku.textValue())
              : Optional.empty(),
          OffsetDateTime.parse(json.path("timeStamp").path("expiresOn").asText(), TIME)
              .toInstant());
    } catch (IOException | DateTimeException e) {
      throw new RefusedException(
          RefusalReason.INVALID_EVIDENCE, "unreadable attested document: " + e.getMessage(), e);
    }
  }

  private static String uuid(JsonNode json, String field) {
    String value = json.path(field).asText().toLowerCase(Locale.ROOT);
    if (!UUID.matcher(value).matches()) {
      throw new RefusedException(
          RefusalReason.INVALID_EVIDENCE,
          "attested document with " + field + " " + json.path(field) + " (expected: a UUID)");
    }
    return value;
  }
}
