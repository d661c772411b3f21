package io.mooring.model.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexSyntaxTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(", "[", "a{2,1}", "*a", "a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b", "(?>a)", "(a)\\1",
        "a++", "a*+", "a?+", "a{1}+", "\\"
      })
  void whatRe2LacksIsRefused(String regex) {
    assertThat(RegexSyntax.problem(regex)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".*",
        "/v[0-9]+(/.*)?",
        "(?i)jason",
        "(?P<name>a)",
        "(?:a|b)",
        "a+?",
        "\\d+\\.\\w",
        "\\+\\+",
        "\\\\1",
        "^a$"
      })
  void whatRe2HasIsAccepted(String regex) {
    assertThat(RegexSyntax.problem(regex)).isEmpty();
  }
}
