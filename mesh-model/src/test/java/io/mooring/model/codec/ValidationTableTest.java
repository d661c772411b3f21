package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.validation.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Istio's schema and webhook say of specifications, and what Mooring adds: one a line of
 * {@code tables/KIND.txt}.
 */
class ValidationTableTest {

  private static final Path TABLES = Path.of("src/test/resources/tables");
  private static final ConfigCodec CODEC = new ConfigCodec();

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("rows")
  void specificationIsJudgedAsItsRowSays(String kind, String expected, String spec) {
    ParsedConfig config =
        CODEC.parse(
            kind + ".yaml",
            "apiVersion: %s\nkind: %s\nmetadata: {name: a}\nspec: %s\n"
                .formatted(version(kind), kind, spec));

    List<Problem> problems =
        config.problems().stream()
            .filter(problem -> !problem.message().contains("not applied yet"))
            .filter(problem -> !problem.message().contains("not translated yet"))
            .toList();
    if (expected.equals("ok")) {
      assertThat(problems).isEmpty();
    } else {
      Severity severity = expected.startsWith("error ") ? Severity.ERROR : Severity.WARNING;
      assertThat(problems)
          .anySatisfy(
              problem -> {
                assertThat(problem.severity()).isEqualTo(severity);
                assertThat(problem.path()).isEqualTo(expected.split(" ", 2)[1]);
              });
    }
    assertThat(config.objects()).hasSize(expected.startsWith("error") ? 0 : 1);
  }

  private static String version(String kind) {
    return switch (kind) {
      case "AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication" ->
          "security.istio.io/v1";
      case "MeshConfig", "MeshNetworks" -> "mesh.istio.io/v1alpha1";
      case "ProxyConfig" -> "networking.istio.io/v1beta1";
      default -> "networking.istio.io/v1";
    };
  }

  static Stream<Arguments> rows() throws IOException {
    try (Stream<Path> files = Files.list(TABLES)) {
      return files.sorted().toList().stream().flatMap(ValidationTableTest::rows);
    }
  }

  private static Stream<Arguments> rows(Path file) {
    String kind = file.getFileName().toString().replace(".txt", "");
    try {
      return Files.readString(file)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .map(line -> line.split(" \\| ", 2))
          .map(row -> Arguments.of(kind, row[0], row[1]));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + file, e);
    }
  }
}
