package io.mooring.testkit.traffic;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Envoy's matchers of strings, headers and query parameters. */
final class Matchers {

  private Matchers() {}

  static boolean matches(StringMatcher matcher, String value) {
    boolean ignoreCase = matcher.getIgnoreCase();
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> fold(value, ignoreCase).equals(fold(matcher.getExact(), ignoreCase));
      case PREFIX -> fold(value, ignoreCase).startsWith(fold(matcher.getPrefix(), ignoreCase));
      case SUFFIX -> fold(value, ignoreCase).endsWith(fold(matcher.getSuffix(), ignoreCase));
      case CONTAINS -> fold(value, ignoreCase).contains(fold(matcher.getContains(), ignoreCase));
      case SAFE_REGEX -> matchesWhole(matcher.getSafeRegex().getRegex(), value);
      case CUSTOM, MATCHPATTERN_NOT_SET ->
          throw new UnsupportedConfigurationException(
              "string matcher", matcher.getMatchPatternCase().name());
    };
  }

  /** RE2 and Java agree on what configuration uses of regular expressions. */
  static boolean matchesWhole(String regex, String value) {
    return Pattern.matches(regex, value);
  }

  static boolean matches(HeaderMatcher matcher, TrafficRequest request) {
    Optional<String> value = request.header(matcher.getName());
    if (matcher.getHeaderMatchSpecifierCase()
        == HeaderMatcher.HeaderMatchSpecifierCase.PRESENT_MATCH) {
      return (value.isPresent() == matcher.getPresentMatch()) != matcher.getInvertMatch();
    }
    if (value.isEmpty() && !matcher.getTreatMissingHeaderAsEmpty()) {
      // Envoy never matches a missing header, inverted or not.
      return false;
    }
    return valueMatches(matcher, value.orElse("")) != matcher.getInvertMatch();
  }

  private static boolean valueMatches(HeaderMatcher matcher, String value) {
    return switch (matcher.getHeaderMatchSpecifierCase()) {
      case STRING_MATCH -> matches(matcher.getStringMatch(), value);
      case RANGE_MATCH -> {
        long start = matcher.getRangeMatch().getStart();
        long end = matcher.getRangeMatch().getEnd();
        yield value.matches("-?\\d{1,18}")
            && Long.parseLong(value) >= start
            && Long.parseLong(value) < end;
      }
      case HEADERMATCHSPECIFIER_NOT_SET, PRESENT_MATCH -> true;
      case EXACT_MATCH, SAFE_REGEX_MATCH, PREFIX_MATCH, SUFFIX_MATCH, CONTAINS_MATCH ->
          throw new UnsupportedConfigurationException(
              "header matcher " + matcher.getName(),
              "the deprecated " + matcher.getHeaderMatchSpecifierCase());
    };
  }

  static boolean matches(QueryParameterMatcher matcher, TrafficRequest request) {
    Optional<String> value = queryParameter(request.path(), matcher.getName());
    return switch (matcher.getQueryParameterMatchSpecifierCase()) {
      case STRING_MATCH -> value.isPresent() && matches(matcher.getStringMatch(), value.get());
      case PRESENT_MATCH -> value.isPresent() == matcher.getPresentMatch();
      case QUERYPARAMETERMATCHSPECIFIER_NOT_SET -> value.isPresent();
    };
  }

  private static Optional<String> queryParameter(String path, String name) {
    int query = path.indexOf('?');
    return query < 0
        ? Optional.empty()
        : Stream.of(path.substring(query + 1).split("&"))
            .filter(pair -> pair.equals(name) || pair.startsWith(name + "="))
            .map(pair -> pair.substring(Math.min(pair.length(), name.length() + 1)))
            .findFirst();
  }

  private static String fold(String text, boolean ignoreCase) {
    return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
  }
}
