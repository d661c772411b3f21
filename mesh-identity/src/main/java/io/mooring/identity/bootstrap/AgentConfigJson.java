package io.mooring.identity.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.model.spiffe.SpiffeId;

/** Reads {@code agent.json}; every error names the field. Stateless. */
final class AgentConfigJson {

  static final int VERSION = 1;

  private AgentConfigJson() {}

  static AgentConfig read(JsonNode json) {
    int version = number(json, "version");
    if (version != VERSION) {
      throw wrong("version", version, "expected: " + VERSION);
    }
    AgentConfig.Builder config =
        AgentConfig.builder()
            .namespace(text(json, "namespace"))
            .group(text(json, "group"))
            .identity(id(json, "identity"))
            .controlPlane(controlPlane(json.path("controlPlane")))
            .bindAddress(text(json, "bindAddress"))
            .adminPort(number(json, "adminPort"))
            .capture(CaptureMode.parse(text(json, "capture")));
    if (json.hasNonNull("address")) {
      config.address(text(json, "address"));
    }
    if (json.hasNonNull("probe")) {
      config.probe(ProbeJson.parse(json.path("probe")));
    }
    return config.build();
  }

  private static ControlPlane controlPlane(JsonNode json) {
    return new ControlPlane(text(json, "host"), number(json, "port"), id(json, "id"));
  }

  private static SpiffeId id(JsonNode json, String field) {
    return SpiffeId.parse(text(json, field));
  }

  private static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw wrong(field, value, "expected: a string that is not empty");
    }
    return value.textValue();
  }

  private static int number(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.canConvertToExactIntegral() || !value.canConvertToInt()) {
      throw wrong(field, value, "expected: an integer");
    }
    return value.intValue();
  }

  private static IllegalArgumentException wrong(String field, Object value, String expected) {
    return new IllegalArgumentException(
        "agent.json, field '" + field + "': '" + value + "' (" + expected + ")");
  }
}
