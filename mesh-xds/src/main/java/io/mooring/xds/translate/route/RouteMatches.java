package io.mooring.xds.translate.route;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.StringMatch;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Translates the conditions of a rule that are tested for each request. */
final class RouteMatches {

  /** Any request. */
  static final RouteMatch ANY = RouteMatch.newBuilder().setPrefix("/").build();

  private static final Set<String> ANY_REGEX = Set.of("*", ".*");

  private RouteMatches() {}

  /** Returns the match; all of its conditions must hold. */
  static RouteMatch of(HttpMatchRequest request) {
    RouteMatch.Builder match = RouteMatch.newBuilder();
    setPath(match, request.uri());
    if (request.ignoreUriCase()) {
      match.setCaseSensitive(BoolValue.of(false));
    }
    new TreeMap<>(request.headers())
        .forEach((name, value) -> match.addHeaders(header(name, value)));
    new TreeMap<>(request.withoutHeaders())
        .forEach((name, value) -> match.addHeaders(without(name, value)));
    request.method().ifPresent(value -> match.addHeaders(header(":method", value)));
    request.authority().ifPresent(value -> match.addHeaders(header(":authority", value)));
    request.scheme().ifPresent(value -> match.addHeaders(header(":scheme", value)));
    new TreeMap<>(request.queryParams())
        .forEach((name, value) -> match.addQueryParameters(queryParameter(name, value)));
    return match.build();
  }

  /** Returns whether every request meets {@code match}, so that nothing after it is reached. */
  static boolean isAny(RouteMatch match) {
    boolean anyPath =
        match.getPrefix().equals("/")
            || (match.hasSafeRegex() && ANY_REGEX.contains(match.getSafeRegex().getRegex()));
    return anyPath && match.getHeadersCount() == 0 && match.getQueryParametersCount() == 0;
  }

  private static void setPath(RouteMatch.Builder match, Optional<StringMatch> uri) {
    if (uri.flatMap(StringMatch::exact).isPresent()) {
      match.setPath(uri.get().exact().orElseThrow());
    } else if (uri.flatMap(StringMatch::prefix).isPresent()) {
      match.setPrefix(uri.get().prefix().orElseThrow());
    } else if (uri.flatMap(StringMatch::regex).isPresent()) {
      match.setSafeRegex(regex(uri.get().regex().orElseThrow()));
    } else {
      match.setPrefix("/");
    }
  }

  private static HeaderMatcher header(String name, StringMatch value) {
    HeaderMatcher.Builder matcher = HeaderMatcher.newBuilder().setName(name);
    Optional<StringMatcher> text = text(value);
    text.ifPresentOrElse(matcher::setStringMatch, () -> matcher.setPresentMatch(true));
    return matcher.build();
  }

  private static HeaderMatcher without(String name, StringMatch value) {
    HeaderMatcher.Builder matcher = header(name, value).toBuilder().setInvertMatch(true);
    if (matcher.hasStringMatch()) {
      // Else a request without the header would not match "any value but this".
      matcher.setTreatMissingHeaderAsEmpty(true);
    }
    return matcher.build();
  }

  private static QueryParameterMatcher queryParameter(String name, StringMatch value) {
    QueryParameterMatcher.Builder matcher = QueryParameterMatcher.newBuilder().setName(name);
    Optional<StringMatcher> text = text(value);
    text.ifPresentOrElse(matcher::setStringMatch, () -> matcher.setPresentMatch(true));
    return matcher.build();
  }

  /** Returns how a value is compared; absent if any value will do. */
  static Optional<StringMatcher> text(StringMatch match) {
    if (match.exact().isPresent()) {
      return Optional.of(StringMatcher.newBuilder().setExact(match.exact().get()).build());
    }
    if (match.prefix().isPresent()) {
      return Optional.of(StringMatcher.newBuilder().setPrefix(match.prefix().get()).build());
    }
    return match
        .regex()
        .filter(regex -> !regex.equals("*"))
        .map(regex -> StringMatcher.newBuilder().setSafeRegex(regex(regex)).build());
  }

  static RegexMatcher regex(String regex) {
    return RegexMatcher.newBuilder().setRegex(regex.equals("*") ? ".*" : regex).build();
  }
}
