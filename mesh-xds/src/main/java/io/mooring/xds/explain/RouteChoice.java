package io.mooring.xds.explain;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.mooring.xds.explain.Step.Rejection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which route a request takes that has no special path, method or header. */
final class RouteChoice {

  private static final String FAULT = "envoy.filters.http.fault";

  private final List<String> chosen = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private @Nullable Route route;

  RouteChoice(VirtualHost host) {
    for (int i = 0; i < host.getRoutesCount(); i++) {
      consider(host.getRoutes(i), "route " + (i + 1) + " of " + host.getName());
    }
  }

  List<String> chosen() {
    return chosen;
  }

  List<Rejection> rejected() {
    return rejected;
  }

  List<String> clusters() {
    return route != null && route.hasRoute() ? clusters(route.getRoute()) : List.of();
  }

  /** Returns whether the route answers without any endpoint. */
  boolean answersItself() {
    return route != null && (route.hasRedirect() || route.hasDirectResponse());
  }

  String verdict() {
    if (route == null) {
      return "no route takes every request: Envoy answers 404 to those that no condition fits";
    }
    return route.hasRedirect() ? "Envoy answers with a redirect" : "Envoy answers by itself";
  }

  private void consider(Route candidate, String name) {
    String conditions = conditions(candidate.getMatch());
    if (route != null) {
      rejected.add(new Rejection(name, "an earlier route takes every request"));
    } else if (conditions.isEmpty()) {
      route = candidate;
      chosen.add(name + " -> " + action(candidate) + fault(candidate));
    } else {
      rejected.add(
          new Rejection(
              name, "only for " + conditions + " -> " + action(candidate) + fault(candidate)));
    }
  }

  private static String action(Route route) {
    return switch (route.getActionCase()) {
      case ROUTE -> String.join(", ", weighted(route.getRoute()));
      case REDIRECT -> "redirect";
      case DIRECT_RESPONSE -> "status " + route.getDirectResponse().getStatus();
      default -> route.getActionCase().toString();
    };
  }

  private static List<String> clusters(RouteAction action) {
    return action.hasWeightedClusters()
        ? action.getWeightedClusters().getClustersList().stream()
            .map(WeightedCluster.ClusterWeight::getName)
            .toList()
        : List.of(action.getCluster());
  }

  private static List<String> weighted(RouteAction action) {
    return action.hasWeightedClusters()
        ? action.getWeightedClusters().getClustersList().stream()
            .map(cluster -> cluster.getName() + " (weight " + cluster.getWeight().getValue() + ")")
            .toList()
        : List.of(action.getCluster());
  }

  private static String fault(Route route) {
    if (!route.containsTypedPerFilterConfig(FAULT)) {
      return "";
    }
    HTTPFault fault =
        Generated.unpack(route.getTypedPerFilterConfigOrThrow(FAULT), HTTPFault.class);
    return (fault.hasAbort() ? ", aborts some with " + fault.getAbort().getHttpStatus() : "")
        + (fault.hasDelay() ? ", delays some" : "");
  }

  /** Returns what a request must have; empty where every one fits. */
  private static String conditions(RouteMatch match) {
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
    match.getHeadersList().stream().map(HeaderMatcher::getName).forEach(conditions::add);
    match.getQueryParametersList().forEach(it -> conditions.add("query " + it.getName()));
    return String.join(" and ", conditions);
  }
}
