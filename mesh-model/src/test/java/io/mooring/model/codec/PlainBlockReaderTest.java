package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader of ordinary text beside the engine, which reads any. */
class PlainBlockReaderTest {

  /** What it reads at all, it reads as the engine does, positions included. */
  @Property(tries = 20_000)
  void whatItReadsIsWhatTheEngineReads(@ForAll("texts") String text) {
    for (DocumentSplitter.Part part : DocumentSplitter.split(text)) {
      PlainBlockReader.read(part)
          .ifPresent(
              document ->
                  assertThat(List.of(print(document)))
                      .as(text)
                      .isEqualTo(
                          YamlTreeReader.readAnything(part).stream()
                              .map(PlainBlockReaderTest::print)
                              .toList()));
    }
  }

  @Test
  void readsTheFilesThatPeopleWrite() throws IOException {
    int read = 0;
    List<Path> files;
    try (Stream<Path> found = Files.walk(Path.of("src/test/resources"))) {
      files = found.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
    for (Path file : files) {
      for (DocumentSplitter.Part part : DocumentSplitter.split(Files.readString(file))) {
        Optional<TreeDocument> document = PlainBlockReader.read(part);
        if (document.isPresent()) {
          read++;
          assertThat(print(document.get()))
              .as("%s line %s", file, part.firstLine())
              .isEqualTo(print(YamlTreeReader.readAnything(part).get(0)));
        }
      }
    }
    assertThat(read).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: b\n  c\n",
        "a: b\n c: d\n",
        "a:\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !t b\n",
        "a: {b: c}\n",
        "a: [b]\n",
        "a: |\n  b\n",
        "a: >\n  b\n",
        "a: b #c\n",
        "a:\tb\n",
        "a: \"b\\n\"\n",
        "a: 'b''c'\n",
        "a: \"b\n  c\"\n",
        "a: b: c\n",
        "a: b:\n",
        "? a\n: b\n",
        "<<: {a: b}\n",
        "a:\n  -\n",
        "a:\n  - - b\n",
        "a: -\n",
        "a: é\n",
        "- a\n",
        "a\n",
        "a: b\n...\n",
        "a: b\r\n",
        "--- a: b\n",
        "a:\n- b\n  c\n",
        "a:\n  b: c\n d: e\n",
        " a: b\n"
      })
  void leavesEverythingElseToTheEngine(String text) {
    assertThat(PlainBlockReader.read(new DocumentSplitter.Part(text, 0))).isEmpty();
  }

  private static String print(TreeDocument document) {
    return document.fault() + " " + document.root().map(PlainBlockReaderTest::print);
  }

  private static String print(Tree tree) {
    String at = "@" + tree.line() + ":" + tree.column() + "#" + tree.size();
    if (tree instanceof Tree.Scalar scalar) {
      return scalar.type() + "'" + scalar.text() + "'" + at;
    }
    if (tree instanceof Tree.Sequence sequence) {
      return sequence.items().stream()
          .map(PlainBlockReaderTest::print)
          .collect(Collectors.joining(", ", "[", "]" + at));
    }
    Tree.Mapping mapping = (Tree.Mapping) tree;
    return Stream.concat(mapping.entries().values().stream(), mapping.duplicates().stream())
        .map(
            entry ->
                entry.key()
                    + "@"
                    + entry.line()
                    + ":"
                    + entry.column()
                    + "="
                    + print(entry.value()))
        .collect(Collectors.joining(", ", "{", "}" + at));
  }

  /** Lines that fit together more often than not. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> indents =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just("")),
            Tuple.of(5, Arbitraries.of("  ", "  ", "    ")),
            Tuple.of(1, Arbitraries.of(" ", "   ", "      ")));
    Arbitrary<String> starts = Arbitraries.of("", "", "", "", "- ", "-   ", "- - ");
    Arbitrary<String> keys =
        Arbitraries.of("a:", "b:", "c:", "a.b/c-d:", "true:", "a:", "<<:", "1:", "-:", "");
    Arbitrary<String> values =
        Arbitraries.of(
            "",
            "",
            "",
            " x",
            " 1",
            " -1",
            " +1.5",
            " 0x1F",
            " true",
            " ~",
            " null",
            " \"a b: c\"",
            " 'x # y'",
            " \"a\\tb\"",
            " 'it''s'",
            "   y  ",
            " 10.0.0.1",
            " a/b",
            " -",
            " --",
            " {}",
            " []",
            " a b",
            " x #y",
            " #y",
            " x:y",
            " &a b",
            " *a",
            " |",
            " ...",
            " .",
            " \"\"",
            " ''",
            " '",
            " \"",
            " -x",
            " - x",
            " @x",
            " 2024-05-01");
    Arbitrary<String> lines =
        Combinators.combine(indents, starts, keys, values)
            .as((indent, start, key, value) -> indent + start + key + value);
    Arbitrary<String> others =
        Arbitraries.of("", "# c", "  # c", "   ", "---", "--- ", "...", "\t");
    return Arbitraries.frequencyOf(Tuple.of(9, lines), Tuple.of(1, others))
        .list()
        .ofMinSize(1)
        .ofMaxSize(7)
        .map(all -> String.join("\n", all) + "\n");
  }
}
