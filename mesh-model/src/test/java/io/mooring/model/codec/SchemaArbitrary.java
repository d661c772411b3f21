package io.mooring.model.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Random;

/** Makes random documents that fit a schema, every field of it in turn. */
final class SchemaArbitrary {

  private static final String[] TEXTS = {
    "",
    "a",
    "reviews.example.org",
    "10.0.0.1",
    "yes",
    "null",
    "~",
    "1",
    "0x1F",
    "1e3",
    "true",
    "- a",
    "a: b",
    "#x",
    "\"q\"",
    "it's",
    " lead",
    "trail ",
    "two\nlines\n",
    "tab\there",
    "\u00e9\u4e2d",
    "\ud83d\ude00",
    "\u0085\u2028\ufeff",
    "{a}",
    "[a]",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a",
    "---",
    "back\\slash",
    "<<",
    ".5",
    "1_000",
    "2024-05-01"
  };

  private final Random random;

  SchemaArbitrary(long seed) {
    this.random = new Random(seed);
  }

  ObjectNode fields(Schema.Fields schema, int depth) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    schema
        .fields()
        .forEach(
            (name, field) -> {
              if (random.nextInt(depth == 0 ? 1 : 3) == 0) {
                object.set(name, value(field, depth + 1));
              }
            });
    return object;
  }

  private JsonNode value(Schema schema, int depth) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (schema instanceof Schema.Fields fields) {
      return fields(fields, depth);
    }
    if (schema instanceof Schema.ListOf list) {
      ArrayNode array = nodes.arrayNode();
      for (int i = random.nextInt(3); i > 0; i--) {
        array.add(value(list.element(), depth + 1));
      }
      return array;
    }
    if (schema instanceof Schema.MapOf map) {
      ObjectNode object = nodes.objectNode();
      for (int i = random.nextInt(3); i > 0; i--) {
        object.set(
            map.numbered() ? Integer.toString(random.nextInt()) : text(),
            value(map.value(), depth + 1));
      }
      return object;
    }
    if (schema instanceof Schema.Choice choice) {
      return nodes.textNode(choice.names().get(random.nextInt(choice.names().size())));
    }
    return scalar((Schema.Scalar) schema);
  }

  private JsonNode scalar(Schema.Scalar schema) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (schema) {
      case ANY -> random.nextBoolean() ? nodes.textNode(text()) : nodes.numberNode(1.5);
      case TEXT -> nodes.textNode(text());
      case BOOLEAN -> nodes.booleanNode(random.nextBoolean());
      case INT -> nodes.numberNode(random.nextInt());
      case LONG -> nodes.numberNode(random.nextLong());
      case DECIMAL -> nodes.numberNode(random.nextGaussian() * Math.pow(10, random.nextInt(20)));
      case DURATION ->
          nodes.textNode(DurationText.print(java.time.Duration.ofNanos(random.nextLong())));
      case TIMESTAMP ->
          nodes.textNode(
              java.time.Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000))
                  .toString());
      case INT_OR_TEXT ->
          random.nextBoolean() ? nodes.numberNode(random.nextInt()) : nodes.textNode(text());
    };
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  /** The kinds that documents are made of, by name. */
  static Map<String, KnownKind> kinds() {
    KindRegistry registry = new KindRegistry(ModelMapper.create());
    Map<String, KnownKind> kinds = new java.util.TreeMap<>();
    registry.names().forEach(name -> kinds.put(name, registry.find(name).orElseThrow()));
    return kinds;
  }
}
