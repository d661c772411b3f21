package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file of {@code problems/} ends with the problems that it has, as {@code #>} comments. */
class ProblemCasesTest {

  private static final Path CASES = Path.of("src/test/resources/problems");
  private static final String EXPECTED = "#> ";

  private final ConfigCodec codec = new ConfigCodec();

  @ParameterizedTest
  @MethodSource("files")
  void everyProblemIsFoundAtItsPosition(String file) throws IOException {
    String text = Files.readString(CASES.resolve(file));
    List<String> expected =
        text.lines()
            .filter(line -> line.startsWith(EXPECTED))
            .map(line -> file + ":" + line.substring(EXPECTED.length()))
            .toList();

    assertThat(codec.parse(file, text).problems())
        .map(Problem::toString)
        .containsExactlyElementsOf(expected);
  }

  static Stream<String> files() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList().stream();
    }
  }
}
