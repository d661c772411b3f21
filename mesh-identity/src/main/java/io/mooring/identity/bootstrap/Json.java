package io.mooring.identity.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON trees and their one printed form: two spaces, line feeds on every platform. */
final class Json {

  static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /** Returns an object of field name, value, field name, value, in this order. */
  static ObjectNode object(Object... fieldsAndValues) {
    ObjectNode object = MAPPER.createObjectNode();
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      object.set((String) fieldsAndValues[i], MAPPER.valueToTree(fieldsAndValues[i + 1]));
    }
    return object;
  }

  static ArrayNode array(Object... values) {
    ArrayNode array = MAPPER.createArrayNode();
    for (Object value : values) {
      array.add(MAPPER.<JsonNode>valueToTree(value));
    }
    return array;
  }

  static String print(JsonNode json) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    try {
      return MAPPER.writer(printer).writeValueAsString(json) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree cannot be printed", e);
    }
  }
}
