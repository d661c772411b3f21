package io.mooring.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {

  @Test
  void whatAPeerWritesStaysOnOneLine() {
    assertThat(LogText.of("a\nevent=forged \"x\"\u0000")).isEqualTo("a event=forged 'x' ");
  }

  @Test
  void longTextIsCut() {
    assertThat(LogText.of("x".repeat(10_000))).hasSize(503).endsWith("...");
    assertThat(LogText.of("x".repeat(500))).hasSize(500);
  }
}
