package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.codec.Tree.Scalar;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarResolverTest {

  @ParameterizedTest
  @CsvSource({
    "'', NULL, ''",
    "~, NULL, ''",
    "Null, NULL, ''",
    "nULL, TEXT, nULL",
    "true, BOOLEAN, true",
    "FALSE, BOOLEAN, false",
    "yes, TEXT, yes",
    "on, TEXT, on",
    "0, INTEGER, 0",
    "010, INTEGER, 10",
    "-5, INTEGER, -5",
    "+5, INTEGER, 5",
    "0x1F, INTEGER, 31",
    "0o10, INTEGER, 8",
    "1_000, TEXT, 1_000",
    "0xG, TEXT, 0xG",
    "0x, TEXT, 0x",
    "1.5, DECIMAL, 1.5",
    ".5, DECIMAL, .5",
    "5., DECIMAL, 5.",
    "1e3, DECIMAL, 1e3",
    "1e, TEXT, 1e",
    "1e+, TEXT, 1e+",
    "., TEXT, .",
    "-, TEXT, -",
    "-., TEXT, -.",
    "1.2.3, TEXT, 1.2.3",
    "10.0.0.1, TEXT, 10.0.0.1",
    ".inf, DECIMAL, .inf",
    "-.Inf, DECIMAL, -.Inf",
    ".nan, DECIMAL, .nan",
    "-.nan, TEXT, -.nan",
    "2024-05-01, TEXT, 2024-05-01",
    "1h30m, TEXT, 1h30m"
  })
  void plainScalarsFollowTheCoreSchema(String text, Scalar.Type type, String value) {
    Scalar scalar = ScalarResolver.resolve(text, true, Optional.empty(), 1, 1);

    assertThat(scalar.type()).isEqualTo(type);
    assertThat(scalar.text()).isEqualTo(value);
  }

  @Test
  void quotedScalarsAreText() {
    assertThat(ScalarResolver.resolve("5", false, Optional.empty(), 1, 1).type())
        .isEqualTo(Scalar.Type.TEXT);
  }

  @Test
  void tagsDecide() {
    assertThat(ScalarResolver.resolve("5", true, Optional.of("tag:yaml.org,2002:str"), 1, 1).type())
        .isEqualTo(Scalar.Type.TEXT);
    assertThat(
            ScalarResolver.resolve("5", false, Optional.of("tag:yaml.org,2002:int"), 1, 1).type())
        .isEqualTo(Scalar.Type.INTEGER);
    assertThat(ScalarResolver.resolve("5", true, Optional.of("!"), 1, 1).type())
        .isEqualTo(Scalar.Type.TEXT);
    assertThat(ScalarResolver.resolve("5", true, Optional.of("!mine"), 1, 1).type())
        .isEqualTo(Scalar.Type.TEXT);
  }
}
