package io.mooring.xds.explain;

import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.mooring.xds.explain.Step.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
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

  /** Returns the status that a fault answers every request with; empty where some get through. */
  OptionalInt abortsAll() {
    if (route == null || !route.containsTypedPerFilterConfig(FAULT)) {
      return OptionalInt.empty();
    }
    FaultAbort abort = fault(route).getAbort();
    return abort.getHttpStatus() != 0 && percent(abort.getPercentage()) >= 100
        ? OptionalInt.of(abort.getHttpStatus())
        : OptionalInt.empty();
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
      chosen.add(name + " -> " + action(candidate) + faults(candidate));
    } else {
      rejected.add(
          new Rejection(
              name, "only for " + conditions + " -> " + action(candidate) + faults(candidate)));
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

  private static String faults(Route route) {
    if (!route.containsTypedPerFilterConfig(FAULT)) {
      return "";
    }
    HTTPFault fault = fault(route);
    FaultAbort abort = fault.getAbort();
    String status =
        abort.hasGrpcStatus() ? "gRPC status " + abort.getGrpcStatus() : "" + abort.getHttpStatus();
    return (fault.hasAbort() ? ", aborts " + share(abort.getPercentage()) + " with " + status : "")
        + (fault.hasDelay()
            ? ", delays %s by %d ms"
                .formatted(
                    share(fault.getDelay().getPercentage()),
                    Durations.toMillis(fault.getDelay().getFixedDelay()))
            : "");
  }

  private static HTTPFault fault(Route route) {
    return Generated.unpack(route.getTypedPerFilterConfigOrThrow(FAULT), HTTPFault.class);
  }

  private static String share(FractionalPercent percentage) {
    return percent(percentage) >= 100 ? "all" : percent(percentage) + " %";
  }

  private static double percent(FractionalPercent percentage) {
    return switch (percentage.getDenominator()) {
      case TEN_THOUSAND -> percentage.getNumerator() / 100.0;
      case MILLION -> percentage.getNumerator() / 10_000.0;
      case HUNDRED, UNRECOGNIZED -> percentage.getNumerator();
    };
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
