package io.mooring.model.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {

  @Test
  void controlCharactersAreShownAsEscapes() {
    assertThat(Quoted.value("a\u001b[31m\n\r\t\u202e\u2028b"))
        .isEqualTo("'a\\u001b[31m\\n\\r\\t\\u202e\\u2028b'");
  }

  @Test
  void loneSurrogatesAreEscapedAndPairsAreNot() {
    assertThat(Quoted.value("\ud83d\ude00\ud83d")).isEqualTo("'\ud83d\ude00\\ud83d'");
  }

  @Test
  void longTextIsShortened() {
    assertThat(Quoted.value("x".repeat(1000))).isEqualTo("'" + "x".repeat(80) + "...'");
    assertThat(Quoted.text("abc", 3)).isEqualTo("abc");
  }
}
