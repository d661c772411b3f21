package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

  private static final List<String> NAMES =
      List.of("address", "addresses", "endpoints", "hosts", "ports", "resolution", "to");

  @ParameterizedTest
  @CsvSource({
    "adress, address",
    "addressess, addresses",
    "Hosts, hosts",
    "host, hosts",
    "prots, ports",
    "resolutoin, resolution",
    "end_points, endpoints"
  })
  void slipsAreUnderstood(String typed, String meant) {
    assertThat(NearestName.of(typed, NAMES)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"replicas", "x", "selector", "fro"})
  void otherWordsAreNot(String typed) {
    assertThat(NearestName.of(typed, NAMES)).isEmpty();
  }

  @Test
  void veryLongWordsAreNotCompared() {
    assertThat(NearestName.of("a".repeat(65), List.of("a".repeat(65)))).isEmpty();
  }
}
