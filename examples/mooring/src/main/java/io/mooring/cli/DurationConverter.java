package io.mooring.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 100ms}, {@code 2s}, {@code 1.5s}, {@code 1h30m}. */
final class DurationConverter implements ITypeConverter<Duration> {

  private static final Pattern WHOLE = Pattern.compile("(\\d+(\\.\\d+)?(ms|s|m|h|d))+");
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h|d)");
  private static final double MAX_MILLIS = Duration.ofDays(36_500).toMillis();

  @Override
  public Duration convert(String text) {
    if (text.length() > 64 || !WHOLE.matcher(text).matches()) {
      throw new TypeConversionException(
          "'" + text + "' is no duration (expected: e.g. 100ms, 2s, 1h30m)");
    }
    double millis = 0;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      millis += Double.parseDouble(parts.group(1)) * millisOf(parts.group(2));
    }
    if (millis > MAX_MILLIS) {
      throw new TypeConversionException("'" + text + "' is too long (expected: at most 100 years)");
    }
    return Duration.ofMillis(Math.round(millis));
  }

  private static long millisOf(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "s" -> 1_000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      default -> 86_400_000;
    };
  }
}
