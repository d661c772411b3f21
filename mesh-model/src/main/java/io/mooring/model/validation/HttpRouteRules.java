package io.mooring.model.validation;

import io.mooring.model.networking.Delegate;
import io.mooring.model.networking.Headers;
import io.mooring.model.networking.HttpDirectResponse;
import io.mooring.model.networking.HttpRedirect;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.HttpRouteDestination;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Rules of one HTTP route of a VirtualService: which actions it has, and what they say. */
final class HttpRouteRules {

  private static final Set<Integer> REDIRECT_CODES = Set.of(0, 301, 302, 303, 307, 308);
  private static final Set<String> SCHEMES = Set.of("", "http", "https");

  private static final int LARGE_BODY = 100 * 1024;
  private static final int MAX_BODY = 1024 * 1024;

  private HttpRouteRules() {}

  static void check(
      HttpRoute route, FieldPath path, boolean delegate, boolean gateway, Violations violations) {
    for (int i = 0; i < route.match().size(); i++) {
      HttpMatchRules.check(route.match().get(i), path.field("match").index(i), gateway, violations);
    }
    checkActions(route, path, delegate, violations);
    for (int i = 0; i < route.route().size(); i++) {
      HttpRouteDestination destination = route.route().get(i);
      FieldPath at = path.field("route").index(i);
      RouteDestinationRules.check(destination.destination(), at.field("destination"), violations);
      destination
          .headers()
          .ifPresent(headers -> HttpHeaderRules.check(headers, at.field("headers"), violations));
    }
    RouteDestinationRules.checkWeights(
        route.route().stream().map(HttpRouteDestination::weight).toList(),
        path.field("route"),
        violations);
    route
        .redirect()
        .ifPresent(
            redirect -> {
              checkRedirect(redirect, path.field("redirect"), violations);
              checkPrefix(route, redirect, path, violations);
            });
    route
        .directResponse()
        .ifPresent(
            response -> checkDirectResponse(response, path.field("directResponse"), violations));
    route
        .headers()
        .ifPresent(headers -> HttpHeaderRules.check(headers, path.field("headers"), violations));
    checkAuthority(route, path, violations);
    HttpPolicyRules.check(route, path, violations);
  }

  /** Of several authorities nobody knows which one the workload sees. */
  private static void checkAuthority(HttpRoute route, FieldPath path, Violations violations) {
    Optional<Headers.HeaderOperations> request = route.headers().flatMap(Headers::request);
    long authorities =
        Stream.concat(
                request.stream().flatMap(operations -> operations.set().keySet().stream()),
                request.stream().flatMap(operations -> operations.add().keySet().stream()))
            .filter(HttpHeaderRules::isAuthority)
            .count();
    if (route.rewrite().filter(rewrite -> !rewrite.authority().isEmpty()).isPresent()) {
      authorities++;
    }
    if (authorities > 1) {
      violations.conflict(
          path.field("headers").field("request"),
          "the authority is set " + authorities + " times (expected: once, here or by rewrite)");
    }
  }

  private static void checkActions(
      HttpRoute route, FieldPath path, boolean delegate, Violations violations) {
    boolean routed = !route.route().isEmpty();
    boolean redirected = route.redirect().isPresent();
    boolean answered = route.directResponse().isPresent();
    if (route.delegate().isPresent()) {
      checkDelegate(route.delegate().get(), path.field("delegate"), violations);
      if (delegate) {
        violations.conflict(path.field("delegate"), "a delegate cannot delegate (expected: route)");
      }
      if (routed || redirected || answered) {
        violations.conflict(
            path.field("delegate"), "excludes route, redirect and directResponse (expected: one)");
      }
      return;
    }
    int actions = (routed ? 1 : 0) + (redirected ? 1 : 0) + (answered ? 1 : 0);
    if (actions == 0) {
      violations.missing(path, "one of route, redirect, directResponse, delegate");
    } else if (actions > 1) {
      violations.conflict(
          redirected ? path.field("redirect") : path.field("directResponse"),
          "excludes the other actions (expected: one of route, redirect, directResponse)");
    }
    if (route.fault().isPresent() && (redirected || answered)) {
      violations.conflict(
          path.field("fault"), "excluded by redirect and directResponse (expected: route)");
    }
    if (route.rewrite().isPresent() && (redirected || answered)) {
      violations.conflict(
          path.field("rewrite"), "excluded by redirect and directResponse (expected: route)");
    }
  }

  private static void checkDelegate(Delegate delegate, FieldPath path, Violations violations) {
    violations.warning(path, "", "not applied yet: the route is skipped");
    if (delegate.name().isEmpty()) {
      violations.missing(path.field("name"), "the name of a VirtualService");
    }
    if (!delegate.namespace().isEmpty() && !Names.isLabel(delegate.namespace())) {
      violations.error(path.field("namespace"), delegate.namespace(), Names.LABEL);
    }
  }

  private static void checkRedirect(HttpRedirect redirect, FieldPath path, Violations violations) {
    if (redirect.uri().isEmpty()
        && redirect.prefixRewrite().isEmpty()
        && redirect.authority().isEmpty()
        && redirect.scheme().isEmpty()
        && redirect.port().isEmpty()
        && redirect.derivePort().isEmpty()) {
      violations.missing(path, "at least one of uri, authority, scheme, port");
    }
    if (!redirect.uri().isEmpty() && !redirect.prefixRewrite().isEmpty()) {
      violations.conflict(path.field("prefixRewrite"), "excludes uri (expected: one of both)");
    }
    int code = redirect.redirectCode();
    if (code != 0 && (code < 300 || code > 399)) {
      violations.error(path.field("redirectCode"), code, "301, 302, 303, 307 or 308");
    } else if (!REDIRECT_CODES.contains(code)) {
      violations.warning(
          path.field("redirectCode"),
          code,
          "'" + code + "': no proxy answers that, but 301 (expected: 301, 302, 303, 307 or 308)");
    }
    if (!SCHEMES.contains(redirect.scheme())) {
      violations.error(path.field("scheme"), redirect.scheme(), "http or https");
    }
    redirect.port().ifPresent(port -> violations.port(path.field("port"), port));
    if (redirect.port().isPresent() && redirect.derivePort().isPresent()) {
      violations.conflict(path.field("derivePort"), "excludes port (expected: one of both)");
    }
  }

  private static void checkPrefix(
      HttpRoute route, HttpRedirect redirect, FieldPath path, Violations violations) {
    boolean prefixes =
        route.match().stream()
            .flatMap(match -> match.uri().stream())
            .allMatch(uri -> uri.prefix().isPresent());
    if (!redirect.prefixRewrite().isEmpty() && !prefixes) {
      violations.conflict(
          path.field("redirect").field("prefixRewrite"),
          "no prefix is matched (expected: uri.prefix in every match)");
    }
  }

  private static void checkDirectResponse(
      HttpDirectResponse response, FieldPath path, Violations violations) {
    violations.range(path.field("status"), response.status(), 200, 599);
    response.body().ifPresent(body -> checkSize(body, path.field("body"), violations));
    response
        .body()
        .flatMap(HttpDirectResponse.Body::bytes)
        .filter(text -> !isBase64(text))
        .ifPresent(text -> violations.error(path.field("body").field("bytes"), text, "base64"));
    response
        .body()
        .filter(body -> body.string().isPresent() == body.bytes().isPresent())
        .ifPresent(
            body -> violations.conflict(path.field("body"), "one of string and bytes is expected"));
  }

  /** Every proxy gets the whole of it with every change of a route. */
  private static void checkSize(
      HttpDirectResponse.Body body, FieldPath path, Violations violations) {
    int size = body.string().or(body::bytes).map(HttpRouteRules::utf8Length).orElse(0);
    if (size > MAX_BODY) {
      violations.error(path, size + " bytes", "at most " + MAX_BODY);
    } else if (size > LARGE_BODY) {
      violations.warning(path, size + " bytes", size + " bytes burden the control plane");
    }
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
