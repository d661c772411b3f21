package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A GET of any path, with no header and no query: the request that is followed where nothing is
 * said of it. Immutable.
 *
 * @param authority its Host header
 */
record PlainRequest(String authority) {

  /** Paths that a rule which takes any path takes; no rule names the second. */
  private static final List<String> PATHS = List.of("/", "/any-path/that/no-rule/names");

  /** Returns whether the request meets every condition. */
  boolean meets(RouteMatch match) {
    return takesAnyPath(match)
        && match.getHeadersList().stream().allMatch(this::meets)
        && match.getQueryParametersList().stream().allMatch(PlainRequest::meets)
        && match.getDynamicMetadataCount() == 0
        && !match.hasGrpc()
        && !match.hasTlsContext();
  }

  private static boolean takesAnyPath(RouteMatch match) {
    return switch (match.getPathSpecifierCase()) {
      case PREFIX -> match.getPrefix().isEmpty() || match.getPrefix().equals("/");
      case SAFE_REGEX ->
          PATHS.stream().allMatch(path -> matches(match.getSafeRegex().getRegex(), path));
      case PATH, PATH_SEPARATED_PREFIX, CONNECT_MATCHER, PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET ->
          false;
    };
  }

  private boolean meets(HeaderMatcher matcher) {
    Optional<String> value =
        switch (matcher.getName().toLowerCase(Locale.ROOT)) {
          case ":method" -> Optional.of("GET");
          case ":authority", "host" -> Optional.of(authority);
          case ":scheme" -> Optional.of("http");
          default -> Optional.empty();
        };
    if (value.isEmpty() && !matcher.hasPresentMatch()) {
      if (!matcher.getTreatMissingHeaderAsEmpty()) {
        return false; // Envoy never matches a missing header, inverted or not
      }
      value = Optional.of("");
    }
    boolean fits =
        matcher.hasStringMatch()
            ? matches(matcher.getStringMatch(), value.orElse(""))
            : matcher.getPresentMatch() == value.isPresent();
    return fits != matcher.getInvertMatch();
  }

  private static boolean meets(QueryParameterMatcher matcher) {
    return matcher.hasPresentMatch() && !matcher.getPresentMatch();
  }

  private static boolean matches(StringMatcher matcher, String text) {
    String value = matcher.getIgnoreCase() ? text.toLowerCase(Locale.ROOT) : text;
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> value.equals(expected(matcher, matcher.getExact()));
      case PREFIX -> value.startsWith(expected(matcher, matcher.getPrefix()));
      case SUFFIX -> value.endsWith(expected(matcher, matcher.getSuffix()));
      case CONTAINS -> value.contains(expected(matcher, matcher.getContains()));
      case SAFE_REGEX -> matches(matcher.getSafeRegex().getRegex(), text);
      case CUSTOM, MATCHPATTERN_NOT_SET -> false;
    };
  }

  private static String expected(StringMatcher matcher, String text) {
    return matcher.getIgnoreCase() ? text.toLowerCase(Locale.ROOT) : text;
  }

  /** Envoy has RE2, which has all but a few spellings in common with the JDK. */
  private static boolean matches(String regex, String text) {
    try {
      return Pattern.compile(regex.replace("(?P<", "(?<")).matcher(text).matches();
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  /** Returns what a request must have, for people; empty where every one fits. */
  static String conditions(RouteMatch match) {
    List<String> conditions = new ArrayList<>();
    switch (match.getPathSpecifierCase()) {
      case PREFIX -> {
        if (!match.getPrefix().equals("/")) {
          conditions.add("path prefix " + match.getPrefix());
        }
      }
      case PATH -> conditions.add("path " + match.getPath());
      case PATH_SEPARATED_PREFIX -> conditions.add("path " + match.getPathSeparatedPrefix());
      case SAFE_REGEX -> conditions.add("path regex " + match.getSafeRegex().getRegex());
      default -> conditions.add(match.getPathSpecifierCase().toString());
    }
    match.getHeadersList().forEach(it -> conditions.add(it.getName() + text(it)));
    match
        .getQueryParametersList()
        .forEach(
            it ->
                conditions.add(
                    "query "
                        + it.getName()
                        + (it.hasStringMatch() ? text(it.getStringMatch()) : "")));
    match
        .getDynamicMetadataList()
        .forEach(it -> conditions.add("metadata of " + it.getFilter())); // e.g. claims of a JWT
    return String.join(" and ", conditions);
  }

  private static String text(HeaderMatcher matcher) {
    String value = matcher.hasStringMatch() ? text(matcher.getStringMatch()) : " present";
    return matcher.getInvertMatch() ? " not" + value : value;
  }

  private static String text(StringMatcher matcher) {
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> " '" + matcher.getExact() + "'";
      case PREFIX -> " prefix '" + matcher.getPrefix() + "'";
      case SUFFIX -> " suffix '" + matcher.getSuffix() + "'";
      case CONTAINS -> " with '" + matcher.getContains() + "'";
      case SAFE_REGEX -> " regex '" + matcher.getSafeRegex().getRegex() + "'";
      case CUSTOM, MATCHPATTERN_NOT_SET -> "";
    };
  }
}
