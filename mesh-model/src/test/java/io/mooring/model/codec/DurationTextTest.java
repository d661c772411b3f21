package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "5 s",
        "s",
        "1h ",
        "1x",
        "1h30",
        "1.2.3s",
        ".s",
        "-",
        "+",
        "1e3s",
        "--1s",
        "1s1",
        "315576000001s",
        "99999999999999999999999999999999999999999999999999999999999999999s"
      })
  void whatIsNoDurationIsRefused(String text) {
    assertThat(DurationText.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "0s, PT0S",
    "100ms, PT0.1S",
    "1.5s, PT1.5S",
    "1h30m, PT1H30M",
    ".5h, PT30M",
    "1h1m1s1ms1us1ns, PT1H1M1.001001001S",
    "3\u00b5s, PT0.000003S",
    "-2s, PT-2S",
    "+2s, PT2S",
    "1.9999999999s, PT1.999999999S"
  })
  void unitsAddUp(String text, String expected) {
    assertThat(DurationText.parse(text)).contains(Duration.parse(expected));
  }

  @Property
  void parsingWhatWasPrintedGivesTheSame(@ForAll long nanos) {
    Duration duration = Duration.ofNanos(nanos);

    assertThat(DurationText.parse(DurationText.print(duration))).contains(duration);
  }
}
