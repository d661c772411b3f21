package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.model.ConfigObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RoundTripTest {

  private static final Map<String, KnownKind> KINDS = SchemaArbitrary.kinds();

  private final ConfigCodec codec = new ConfigCodec();

  @Property(tries = 2000)
  void parsingWhatWasPrintedGivesTheSameObject(@ForAll("kinds") String kindName, @ForAll long seed)
      throws IOException {
    ConfigObject object = random(kindName, seed);

    assertThat(reread("x.yaml", codec.toYaml(object))).isEqualTo(object);
    assertThat(reread("x.json", codec.toJson(object))).isEqualTo(object);
  }

  @Property(tries = 500)
  void printingIsStable(@ForAll("kinds") String kindName, @ForAll long seed) throws IOException {
    ConfigObject object = random(kindName, seed);
    String yaml = codec.toYaml(object);

    assertThat(codec.toYaml(reread("x.yaml", yaml))).isEqualTo(yaml);
  }

  /** An object of random fields; what rules say of it does not matter here. */
  private static ConfigObject random(String kindName, long seed) throws IOException {
    KnownKind kind = Objects.requireNonNull(KINDS.get(kindName));
    ObjectNode json = new SchemaArbitrary(seed).fields(kind.schema(), 0);
    ObjectNode metadata = (ObjectNode) json.get("metadata");
    if (!kind.namespaced()) {
      metadata.put("namespace", "");
    } else if (metadata.path("namespace").asText("").isEmpty()) {
      metadata.put("namespace", "default");
    }
    return kind.reader().readValue(json);
  }

  private static ConfigObject reread(String file, String text) throws JsonProcessingException {
    List<TreeDocument> documents =
        file.endsWith(".json")
            ? JsonTreeReader.read(text)
            : YamlTreeReader.read(DocumentSplitter.split(text).get(0));
    assertThat(documents).as(text).hasSize(1);
    assertThat(documents.get(0).fault()).as(text).isEmpty();
    Tree.Mapping root = (Tree.Mapping) documents.get(0).root().orElseThrow();
    Tree kindName = Objects.requireNonNull(root.entries().get("kind")).value();
    KnownKind kind = Objects.requireNonNull(KINDS.get(((Tree.Scalar) kindName).text()));
    ProblemCollector problems = new ProblemCollector(file);
    Optional<ConfigObject> object =
        new DocumentBinder(kind, root, Optional.empty(), problems).read();
    assertThat(problems.problems()).as(text).isEmpty();
    return object.orElseThrow();
  }

  @Provide
  Arbitrary<String> kinds() {
    return Arbitraries.of(KINDS.keySet());
  }
}
