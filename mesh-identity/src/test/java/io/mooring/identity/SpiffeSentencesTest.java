package io.mooring.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every sentence of the SPIFFE standards that binds an issuer or a verifier is the tag of a test,
 * in whatever module that is. {@code target/spiffe-sentences.txt} has the whole table.
 */
class SpiffeSentencesTest {

  private static final Map<String, Integer> LAST_NUMBERS =
      Map.of("ID", 16, "X5", 25, "JW", 19, "BU", 19, "FE", 46);
  private static final Pattern LINE = Pattern.compile("(([A-Z0-9]{2})-(\\d+)) \\| [^|]+ \\| (.+)");
  private static final Pattern TAG_OR_METHOD =
      Pattern.compile("@Tag\\(\"((?:ID|X5|JW|BU|FE)-\\d+)\"\\)|^  (?:static )?void (\\w+)\\(");

  @Test
  void everyBindingSentenceHasATest() throws IOException {
    Map<String, String> gists = sentences();
    Map<String, List<String>> tests = testsBySentence();
    List<String> table =
        gists.entrySet().stream()
            .map(
                line ->
                    line.getKey()
                        + " | "
                        + line.getValue()
                        + " | "
                        + String.join(", ", tests.getOrDefault(line.getKey(), List.of())))
            .toList();
    Files.createDirectories(Path.of("target"));
    Files.write(Path.of("target", "spiffe-sentences.txt"), table);
    assertThat(gists.keySet()).containsAll(tests.keySet());
    assertThat(
            gists.entrySet().stream()
                .filter(line -> !line.getValue().startsWith("unbound: "))
                .map(Map.Entry::getKey)
                .filter(number -> !tests.containsKey(number)))
        .as("sentences without a test")
        .isEmpty();
  }

  @Test
  void noSentenceIsMissingFromTheTable() throws IOException {
    Map<String, String> gists = sentences();
    LAST_NUMBERS.forEach(
        (document, last) -> {
          for (int number = 1; number <= last; number++) {
            assertThat(gists).containsKey(document + "-" + number);
          }
        });
    assertThat(gists).hasSize(LAST_NUMBERS.values().stream().mapToInt(Integer::intValue).sum());
  }

  private static Map<String, String> sentences() throws IOException {
    Map<String, String> gists = new TreeMap<>();
    try (InputStream in = SpiffeSentencesTest.class.getResourceAsStream("spiffe-sentences.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().filter(it -> !it.startsWith("#")).toList()) {
        Matcher sentence = LINE.matcher(line);
        assertThat(sentence.matches()).as(line).isTrue();
        assertThat(gists.put(sentence.group(1), sentence.group(4))).as(line).isNull();
      }
    }
    return gists;
  }

  /** Reads sources, not classes: some tests are in modules that depend on this one. */
  private static Map<String, List<String>> testsBySentence() throws IOException {
    Map<String, List<String>> tests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of("..").toRealPath())) {
      for (Path file :
          files
              .filter(path -> path.toString().matches(".*/src/test/java/.*Test\\.java"))
              .sorted()
              .toList()) {
        read(file, tests);
      }
    }
    return tests;
  }

  private static void read(Path file, Map<String, List<String>> tests) throws IOException {
    String name = String.valueOf(file.getFileName()).replace(".java", "");
    List<String> pending = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      Matcher found = TAG_OR_METHOD.matcher(line);
      while (found.find()) {
        if (found.group(1) != null) {
          pending.add(found.group(1));
        } else {
          for (String sentence : pending) {
            tests
                .computeIfAbsent(sentence, key -> new ArrayList<>())
                .add(name + "." + found.group(2));
          }
          pending.clear();
        }
      }
    }
  }
}
