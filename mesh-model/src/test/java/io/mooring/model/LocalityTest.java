package io.mooring.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalityTest {

  @ParameterizedTest
  @CsvSource({
    "'', '', '', ''",
    "eu, eu, '', ''",
    "eu/a, eu, a, ''",
    "eu/a/1, eu, a, 1",
    "eu//1, eu, '', 1",
    "eu/a/1/x, eu, a, 1",
    "/a, '', a, ''"
  })
  void partsThatAreMissingAreEmpty(String text, String region, String zone, String subzone) {
    assertThat(Locality.parse(text)).isEqualTo(new Locality(region, zone, subzone));
  }

  @ParameterizedTest
  @CsvSource({"''", "eu", "eu/a", "eu/a/1", "eu//1"})
  void printingIsTheOppositeOfParsing(String text) {
    assertThat(Locality.parse(text)).hasToString(text);
  }

  @Test
  void orderIsThatOfTheText() {
    assertThat(Locality.UNKNOWN).isLessThan(Locality.parse("eu"));
    assertThat(Locality.parse("eu/a")).isLessThan(Locality.parse("eu/b"));
  }
}
