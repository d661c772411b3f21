package io.mooring.xds.explain;

import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.mooring.xds.explain.Step.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which route the {@link PlainRequest} takes. */
final class RouteChoice {

  private static final String FAULT = "envoy.filters.http.fault";

  private final PlainRequest request;
  private final List<String> chosen = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();
  private @Nullable Route route;

  RouteChoice(VirtualHost host, PlainRequest request) {
    this.request = request;
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
  Optional<String> abortsAll() {
    if (route == null || !route.containsTypedPerFilterConfig(FAULT)) {
      return Optional.empty();
    }
    HTTPFault fault = fault(route);
    return fault.hasAbort()
            && percent(fault.getAbort().getPercentage()) >= 100
            && fault.getHeadersCount() == 0
        ? Optional.of(status(fault.getAbort()))
        : Optional.empty();
  }

  String verdict() {
    if (route == null) {
      return "no route takes a plain GET: Envoy answers 404 to requests that no condition fits";
    }
    return route.hasRedirect() ? "Envoy answers with a redirect" : "Envoy answers by itself";
  }

  private void consider(Route candidate, String name) {
    String conditions = PlainRequest.conditions(candidate.getMatch());
    String leads = " -> " + action(candidate) + faults(candidate);
    if (route != null) {
      rejected.add(new Rejection(name, "an earlier route takes the request" + leads));
    } else if (request.meets(candidate.getMatch())) {
      route = candidate;
      chosen.add(name + (conditions.isEmpty() ? "" : " for " + conditions) + leads);
    } else {
      rejected.add(new Rejection(name, "only for " + conditions + leads));
    }
  }

  private static String action(Route route) {
    return switch (route.getActionCase()) {
      case ROUTE -> String.join(", ", weighted(route.getRoute())) + mirrors(route.getRoute());
      case REDIRECT -> "redirect";
      case DIRECT_RESPONSE -> "status " + route.getDirectResponse().getStatus();
      default -> route.getActionCase().toString();
    };
  }

  private static String mirrors(RouteAction action) {
    return action.getRequestMirrorPoliciesList().stream()
        .map(mirror -> ", mirrored to " + mirror.getCluster())
        .collect(Collectors.joining());
  }

  /** Those that get requests. */
  private static List<String> clusters(RouteAction action) {
    return action.hasWeightedClusters()
        ? action.getWeightedClusters().getClustersList().stream()
            .filter(cluster -> cluster.getWeight().getValue() > 0)
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
    return (fault.hasAbort()
            ? ", aborts " + share(abort.getPercentage()) + " with " + status(abort)
            : "")
        + (fault.hasDelay()
            ? ", delays %s by %d ms"
                .formatted(
                    share(fault.getDelay().getPercentage()),
                    Durations.toMillis(fault.getDelay().getFixedDelay()))
            : "");
  }

  private static String status(FaultAbort abort) {
    return abort.hasGrpcStatus()
        ? "gRPC status " + abort.getGrpcStatus()
        : Integer.toString(abort.getHttpStatus());
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
}
