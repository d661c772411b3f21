package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.model.ConfigObject;
import io.mooring.testkit.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One document of every kind with every field of it, as it is printed and read again. */
class GoldenKindsTest {

  private static final Map<String, KnownKind> KINDS = SchemaArbitrary.kinds();

  private final ConfigCodec codec = new ConfigCodec();

  @ParameterizedTest
  @MethodSource("kinds")
  void everyFieldIsPrintedAndReadAgain(String name) throws IOException {
    KnownKind kind = Objects.requireNonNull(KINDS.get(name));
    ObjectNode full = (ObjectNode) full(kind.schema(), "");
    ((ObjectNode) full.get("metadata")).put("namespace", kind.namespaced() ? "shop" : "");
    ConfigObject object = kind.reader().readValue(full);

    String yaml = codec.toYaml(object);

    GoldenFiles.assertMatches("kinds/" + name + ".yaml", yaml);
    assertThat(reread(kind, yaml)).isEqualTo(object);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void noFieldIsMissingFromTheGoldenFile(String name) throws IOException {
    KnownKind kind = Objects.requireNonNull(KINDS.get(name));
    String yaml =
        Files.readString(Path.of("src/test/resources/golden/kinds").resolve(name + ".yaml"));
    Tree root =
        YamlTreeReader.read(DocumentSplitter.split(yaml).get(0)).get(0).root().orElseThrow();

    assertComplete(kind.schema(), root, name);
  }

  private static void assertComplete(Schema schema, Tree tree, String path) {
    if (schema instanceof Schema.Fields fields && tree instanceof Tree.Mapping mapping) {
      fields
          .fields()
          .forEach(
              (name, field) -> {
                if (!(path + "." + name).equals("Namespace.metadata.namespace")) { // it has none
                  assertThat(mapping.entries()).as(path).containsKey(name);
                  assertComplete(
                      field, Objects.requireNonNull(mapping.value(name)), path + "." + name);
                }
              });
    } else if (schema instanceof Schema.ListOf list && tree instanceof Tree.Sequence sequence) {
      assertComplete(list.element(), sequence.items().get(0), path + "[0]");
    } else if (schema instanceof Schema.MapOf map && tree instanceof Tree.Mapping mapping) {
      assertComplete(
          map.value(), mapping.entries().values().iterator().next().value(), path + ".*");
    }
  }

  private static ConfigObject reread(KnownKind kind, String yaml) {
    Tree.Mapping root =
        (Tree.Mapping)
            YamlTreeReader.read(DocumentSplitter.split(yaml).get(0)).get(0).root().orElseThrow();
    ProblemCollector problems = new ProblemCollector("x.yaml");
    ConfigObject object =
        new DocumentBinder(kind, root, Optional.empty(), problems).read().orElseThrow();
    assertThat(problems.problems()).isEmpty();
    return object;
  }

  /** A value that is not the default one. */
  private static JsonNode full(Schema schema, String name) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (schema instanceof Schema.Fields fields) {
      ObjectNode object = nodes.objectNode();
      fields.fields().forEach((field, value) -> object.set(field, full(value, field)));
      return object;
    }
    if (schema instanceof Schema.ListOf list) {
      return nodes.arrayNode().add(full(list.element(), name));
    }
    if (schema instanceof Schema.MapOf map) {
      return nodes.objectNode().set(map.numbered() ? "8080" : "key", full(map.value(), name));
    }
    if (schema instanceof Schema.Choice choice) {
      int other = name.equals("ingressControllerMode") ? 0 : choice.names().size() - 1;
      return nodes.textNode(choice.names().get(other));
    }
    return switch ((Schema.Scalar) schema) {
      case ANY, TEXT -> nodes.textNode("a-" + name);
      case BOOLEAN -> nodes.booleanNode(true);
      case INT, LONG, INT_OR_TEXT -> nodes.numberNode(8443);
      case DECIMAL -> nodes.numberNode(12.5);
      case DURATION -> nodes.textNode("1.5s");
      case TIMESTAMP -> nodes.textNode("2024-05-01T12:00:00Z");
    };
  }

  static Set<String> kinds() {
    return KINDS.keySet();
  }
}
