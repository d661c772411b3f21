package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "s", "-1s", "1 s", "1h 30m", "1y", "1e3s", "9999999999999999999d"})
  void whatIsNoDurationIsRefusedByName(String text) {
    assertThatThrownBy(() -> new DurationConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({"100ms,100", "2s,2000", "1.5s,1500", "1h30m,5400000", "0s,0", "1d,86400000"})
  void durationsAreReadAsKubectlReadsThem(String text, long millis) {
    assertThat(new DurationConverter().convert(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", "host:", ":80", "host:x", "host:65536", "host:-1", "::1:80"})
  void whatIsNoAddressIsRefusedByName(String text) {
    assertThatThrownBy(() -> new HostPortConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1:0,127.0.0.1,0", "localhost:80,localhost,80", "[::1]:15012,::1,15012"})
  void addressesHaveAHostAndAPort(String text, String host, int port) {
    assertThat(new HostPortConverter().convert(text))
        .isEqualTo(InetSocketAddress.createUnresolved(host, port));
  }
}
