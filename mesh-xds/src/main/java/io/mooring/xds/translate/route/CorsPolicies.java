package io.mooring.xds.translate.route;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.mooring.model.networking.CorsPolicy.UnmatchedPreflights;

/** Translates the CORS policy of a rule. */
final class CorsPolicies {

  /** Name of the filter that takes the configuration. */
  static final String FILTER = "envoy.filters.http.cors";

  private CorsPolicies() {}

  /** Returns the configuration of the CORS filter for one route. */
  static CorsPolicy of(io.mooring.model.networking.CorsPolicy policy) {
    CorsPolicy.Builder cors =
        CorsPolicy.newBuilder()
            .setFilterEnabled(Percentages.runtime(Percentages.ALL))
            .setAllowMethods(String.join(",", policy.allowMethods()))
            .setAllowHeaders(String.join(",", policy.allowHeaders()))
            .setExposeHeaders(String.join(",", policy.exposeHeaders()))
            .setForwardNotMatchingPreflights(
                BoolValue.of(policy.unmatchedPreflights() != UnmatchedPreflights.IGNORE));
    policy
        .allowOrigin()
        .forEach(
            origin -> cors.addAllowOriginStringMatch(StringMatcher.newBuilder().setExact(origin)));
    policy
        .allowOrigins()
        .forEach(
            origin ->
                cors.addAllowOriginStringMatch(
                    RouteMatches.text(origin)
                        .orElseGet(
                            () ->
                                StringMatcher.newBuilder()
                                    .setSafeRegex(RouteMatches.regex("*"))
                                    .build())));
    policy.maxAge().ifPresent(maxAge -> cors.setMaxAge(Long.toString(maxAge.toSeconds())));
    policy.allowCredentials().ifPresent(allowed -> cors.setAllowCredentials(BoolValue.of(allowed)));
    return cors.build();
  }
}
