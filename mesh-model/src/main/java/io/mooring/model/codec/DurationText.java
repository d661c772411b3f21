package io.mooring.model.codec;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as configuration writes them: a sequence of numbers with units, {@code 1h30m}, {@code
 * 1.5s}, {@code 100ms}, as Go and protobuf's JSON do.
 */
final class DurationText {

  private static final Pattern PART =
      Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)");
  private static final Map<String, BigDecimal> SECONDS =
      Map.of(
          "ns", new BigDecimal("0.000000001"),
          "us", new BigDecimal("0.000001"),
          "µs", new BigDecimal("0.000001"),
          "ms", new BigDecimal("0.001"),
          "s", BigDecimal.ONE,
          "m", new BigDecimal(60),
          "h", new BigDecimal(3600));
  private static final BigDecimal MAX_SECONDS = new BigDecimal(315_576_000_000L); // protobuf
  private static final int MAX_LENGTH = 64;

  private DurationText() {}

  /** Returns the duration; empty where the text is none. */
  static Optional<Duration> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    boolean negative = text.startsWith("-");
    Matcher part = PART.matcher(text);
    BigDecimal seconds = BigDecimal.ZERO;
    int at = negative || text.startsWith("+") ? 1 : 0;
    if (at == text.length()) {
      return Optional.empty();
    }
    while (at < text.length()) {
      if (!part.find(at) || part.start() != at) {
        return Optional.empty();
      }
      seconds = seconds.add(new BigDecimal(part.group(1)).multiply(SECONDS.get(part.group(2))));
      at = part.end();
    }
    if (seconds.compareTo(MAX_SECONDS) > 0) {
      return Optional.empty();
    }
    BigDecimal signed = negative ? seconds.negate() : seconds;
    BigDecimal nanos = signed.setScale(9, RoundingMode.DOWN).movePointRight(9);
    BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.TEN.pow(9));
    return Optional.of(Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact()));
  }

  /** Returns the seconds with as many decimals as needed, e.g. {@code 1.5s}. */
  static String print(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds())
            .add(BigDecimal.valueOf(duration.getNano(), 9))
            .stripTrailingZeros();
    return seconds.toPlainString() + "s";
  }
}
