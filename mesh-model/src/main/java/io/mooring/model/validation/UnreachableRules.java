package io.mooring.model.validation;

import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.StringMatch;
import io.mooring.model.networking.VirtualServiceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Warns of routes, and matches of routes, that an earlier one leaves nothing to. */
final class UnreachableRules {

  private static final FieldPath SPEC = FieldPath.ROOT.field("spec");

  private UnreachableRules() {}

  static void check(VirtualServiceSpec spec, Violations violations) {
    FieldPath http = SPEC.field("http");
    checkRoutes(
        spec.http(),
        route -> route.match().stream().map(UnreachableRules::unnamed).toList(),
        http,
        violations);
    checkPrefixes(spec.http(), http, violations);
    checkRoutes(spec.tls(), route -> route.match(), SPEC.field("tls"), violations);
    checkRoutes(spec.tcp(), route -> route.match(), SPEC.field("tcp"), violations);
  }

  private static HttpMatchRequest unnamed(HttpMatchRequest match) {
    return HttpMatchRequest.builder().from(match).name("").build();
  }

  private static <R> void checkRoutes(
      List<R> routes, Function<R, List<?>> matches, FieldPath path, Violations violations) {
    Map<Object, FieldPath> firstByMatch = new HashMap<>();
    int any = -1;
    for (int i = 0; i < routes.size(); i++) {
      FieldPath at = path.index(i);
      List<?> own = matches.apply(routes.get(i));
      if (any >= 0) {
        violations.warning(
            at,
            "",
            "never reached: " + path.name() + "[" + any + "] has no match and takes everything");
        return;
      }
      any = own.isEmpty() ? i : any;
      int used = 0;
      for (int j = 0; j < own.size(); j++) {
        FieldPath first = firstByMatch.putIfAbsent(own.get(j), at.field("match").index(j));
        if (first != null) {
          used++;
          violations.warning(
              at.field("match").index(j), "", "never reached: " + first + " is the same");
        }
      }
      if (used > 0 && used == own.size()) {
        violations.warning(at, "", "never reached: routes before it have all of its matches");
      }
    }
  }

  /** What a match by prefix asks for besides, and where it is. */
  private record Prefix(String prefix, HttpMatchRequest match, FieldPath path) {}

  private static void checkPrefixes(List<HttpRoute> routes, FieldPath path, Violations violations) {
    List<Prefix> earlier = new ArrayList<>();
    for (int i = 0; i < routes.size(); i++) {
      for (int j = 0; j < routes.get(i).match().size(); j++) {
        HttpMatchRequest match = routes.get(i).match().get(j);
        String prefix = match.uri().flatMap(StringMatch::prefix).orElse("");
        if (!prefix.isEmpty()) {
          Prefix later = new Prefix(prefix, match, path.index(i).field("match").index(j));
          earlier.stream()
              .filter(first -> leavesNothing(first, later))
              .findFirst()
              .ifPresent(
                  first ->
                      violations.warning(
                          later.path,
                          prefix,
                          "never reached: prefix "
                              + Quoted.value(first.prefix)
                              + " of "
                              + first.path
                              + " is shorter"));
          earlier.add(later);
        }
      }
    }
  }

  /** Whether all that the later one takes is taken: a longer path, and the same otherwise. */
  private static boolean leavesNothing(Prefix first, Prefix later) {
    return later.prefix.length() > first.prefix.length()
        && later.prefix.startsWith(first.prefix)
        && Objects.equals(besidesPath(first.match), besidesPath(later.match));
  }

  /** A method that nobody names is compared as GET is, as Istio does. */
  private static HttpMatchRequest besidesPath(HttpMatchRequest match) {
    return HttpMatchRequest.builder()
        .from(match)
        .name("")
        .uri(Optional.empty())
        .method(match.method().filter(method -> !method.equals(StringMatch.exact("GET"))))
        .build();
  }
}
