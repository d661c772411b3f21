package io.mooring.xds.translate.grpc;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a match means for a gRPC call, which is always a POST without a query to a known authority.
 * Pure.
 */
final class ClientRouteMatches {

  private ClientRouteMatches() {}

  /**
   * Returns matches of which a call must meet any; none if no gRPC call meets {@code envoy}. There
   * are several where a header may be absent: gRPC takes no absent header for an empty one.
   */
  static List<RouteMatch> of(RouteMatch envoy, String authority) {
    if (envoy.getQueryParametersCount() > 0) {
      return List.of();
    }
    List<RouteMatch.Builder> matches = new ArrayList<>(List.of(path(envoy)));
    for (HeaderMatcher header : envoy.getHeadersList()) {
      if (header.getName().startsWith(":")) {
        if (!meets(header, authority)) {
          return List.of();
        }
      } else if (header.getTreatMissingHeaderAsEmpty()) {
        matches = withoutOrAbsent(matches, header);
      } else {
        matches.forEach(match -> match.addHeaders(header));
      }
    }
    return matches.stream().map(RouteMatch.Builder::build).toList();
  }

  /** grpc-java takes an unset case_sensitive for false; Envoy takes it for true. */
  private static RouteMatch.Builder path(RouteMatch envoy) {
    RouteMatch.Builder match =
        RouteMatch.newBuilder()
            .setCaseSensitive(
                BoolValue.of(!envoy.hasCaseSensitive() || envoy.getCaseSensitive().getValue()));
    return switch (envoy.getPathSpecifierCase()) {
      case PATH -> match.setPath(envoy.getPath());
      case SAFE_REGEX -> match.setSafeRegex(envoy.getSafeRegex());
      default -> match.setPrefix(envoy.getPrefix());
    };
  }

  private static List<RouteMatch.Builder> withoutOrAbsent(
      List<RouteMatch.Builder> matches, HeaderMatcher header) {
    HeaderMatcher other = header.toBuilder().clearTreatMissingHeaderAsEmpty().build();
    HeaderMatcher absent =
        HeaderMatcher.newBuilder()
            .setName(header.getName())
            .setPresentMatch(true)
            .setInvertMatch(true)
            .build();
    List<RouteMatch.Builder> both = new ArrayList<>();
    for (RouteMatch.Builder match : matches) {
      both.add(match.clone().addHeaders(other));
      if (!meets(header.getStringMatch(), "")) {
        both.add(match.clone().addHeaders(absent));
      }
    }
    return both;
  }

  /** Pseudo headers are no metadata: a client would look for them in vain. */
  private static boolean meets(HeaderMatcher header, String authority) {
    String host = authority.substring(0, authority.lastIndexOf(':'));
    Map<String, List<String>> valuesByName =
        Map.of(
            ":method", List.of("POST"),
            ":scheme", List.of("http", "https"),
            ":authority", List.of(authority, host));
    List<String> values = valuesByName.getOrDefault(header.getName(), List.of());
    boolean met =
        header.hasPresentMatch()
            ? !values.isEmpty()
            : values.stream().anyMatch(value -> meets(header.getStringMatch(), value));
    return met != header.getInvertMatch();
  }

  private static boolean meets(StringMatcher matcher, String value) {
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> value.equals(matcher.getExact());
      case PREFIX -> value.startsWith(matcher.getPrefix());
      case SAFE_REGEX -> matches(matcher.getSafeRegex().getRegex(), value);
      default -> false;
    };
  }

  private static boolean matches(String regex, String value) {
    try {
      return Pattern.matches(regex, value);
    } catch (PatternSyntaxException e) {
      return false; // Envoy will say so; for this client nothing meets it
    }
  }
}
