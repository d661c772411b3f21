package io.mooring.model.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

  private static final String L63 = "a".repeat(63);

  @ParameterizedTest
  @CsvSource({
    "a, true",
    "a-1, true",
    "1, true",
    "'', false",
    "A, false",
    "-a, false",
    "a-, false",
    "a.b, false",
    "a_b, false",
    "\u00e4, false"
  })
  void labelsOfKubernetesAreLowerCase(String text, boolean expected) {
    assertThat(Names.isKubernetesLabel(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"a, true", "V1-a, true", "a_b, false", "a-, false", "'', false"})
  void labelsOfIstioAreOfAnyCase(String text, boolean expected) {
    assertThat(Names.isLabel(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"63, true", "64, false"})
  void labelsHave63Characters(int length, boolean expected) {
    assertThat(Names.isLabel("a".repeat(length))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a.b.c, true",
    "a, true",
    "10.0.0.1, true",
    "a..b, false",
    ".a, false",
    "a., false",
    "A.b, false"
  })
  void subdomainsAreLabelsWithDots(String text, boolean expected) {
    assertThat(Names.isSubdomain(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"64, true", "253, true", "254, false"})
  void aLabelOfASubdomainMayBeLongerThanADnsLabel(int length, boolean expected) {
    assertThat(Names.isSubdomain("a".repeat(length))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "reviews, true",
    "Reviews.Example.org, true",
    "a.example.org., true",
    "10.0.0.1, false",
    "a.1, false",
    "., false",
    "'', false",
    "*.a, false",
    "a b, false",
    "a..b, false"
  })
  void hostsAreOfAnyCaseAndMayEndInADot(String text, boolean expected) {
    assertThat(Names.isHost(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "*, true",
    "*.example.org, true",
    "*-api.example.org, true",
    "*api.example.org, true",
    "a.example.org, true",
    "a.*.org, false",
    "**.org, false",
    "*., false",
    "*a, true",
    "foo*.bar, false",
    "*.1, false"
  })
  void wildcardIsTheBeginningOfTheFirstLabel(String text, boolean expected) {
    assertThat(Names.isWildcardHost(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"4, 253, false", "3, 251, true"})
  void lengthOfTheWholeIsBounded(int labels, int ignored, boolean expected) {
    String name = (L63 + ".").repeat(labels) + L63.substring(0, 61);

    assertThat(Names.isSubdomain(name)).isEqualTo(expected);
    assertThat(Names.isHost(name)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"x-a, true", "X_A, true", "'', false", "a b, false", "a:b, false", ":path, false"})
  void headersAreTokens(String text, boolean expected) {
    assertThat(Names.isHeader(text)).isEqualTo(expected);
  }
}
