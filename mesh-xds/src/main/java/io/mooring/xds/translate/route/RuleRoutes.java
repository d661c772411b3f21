package io.mooring.xds.translate.route;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.HttpRoute;
import io.mooring.xds.resource.Pack;
import io.mooring.xds.translate.route.RouteInput.HostInput;
import io.mooring.xds.translate.route.RouteInput.RuleInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Translates the rules of one host to its routes, in order. */
final class RuleRoutes {

  private RuleRoutes() {}

  /**
   * Returns one route for each match of each rule; those after the first that takes any request are
   * left out, since nothing reaches them.
   */
  static List<Route> of(HostInput host) {
    List<Route> routes = new ArrayList<>();
    for (RuleInput rule : host.rules()) {
      Optional<Route> action = action(rule, host.port());
      if (action.isEmpty()) {
        continue;
      }
      List<HttpMatchRequest> matches =
          rule.matches().isEmpty() ? List.of(HttpMatchRequest.builder().build()) : rule.matches();
      for (HttpMatchRequest request : matches) {
        RouteMatch match = RouteMatches.of(request);
        routes.add(route(action.get(), host, rule, request, match));
        if (RouteMatches.isAny(match)) {
          return routes;
        }
      }
    }
    return routes;
  }

  private static Route route(
      Route action, HostInput host, RuleInput rule, HttpMatchRequest request, RouteMatch match) {
    Route.Builder route = action.toBuilder().setMatch(match);
    String name = rule.route().name();
    route.setName(
        request.name().isEmpty()
            ? name
            : name.isEmpty() ? request.name() : name + "." + request.name());
    route.getDecoratorBuilder().setOperation(host.host() + ":" + host.port() + path(match));
    return route.build();
  }

  private static String path(RouteMatch match) {
    return switch (match.getPathSpecifierCase()) {
      case PATH -> match.getPath();
      case SAFE_REGEX -> "/*";
      default -> match.getPrefix() + "*";
    };
  }

  /** Returns the route without its match. */
  private static Optional<Route> action(RuleInput rule, int port) {
    HttpRoute from = rule.route();
    Route.Builder route = Route.newBuilder().setMetadata(metadata(rule.source()));
    if (from.redirect().isPresent()) {
      route.setRedirect(Redirects.of(from.redirect().get(), port));
    } else if (from.directResponse().isPresent()) {
      route.setDirectResponse(Redirects.of(from.directResponse().get()));
    } else {
      Optional<RouteAction> action = RouteActions.of(rule);
      if (action.isEmpty()) {
        return Optional.empty();
      }
      route.setRoute(action.get());
    }
    addHeaders(route, HeaderChanges.of(from.headers()));
    if (from.route().size() == 1) {
      addHeaders(route, HeaderChanges.of(from.route().get(0).headers()));
    }
    from.fault()
        .ifPresent(
            fault -> route.putTypedPerFilterConfig(Faults.FILTER, Pack.any(Faults.of(fault))));
    from.corsPolicy()
        .ifPresent(
            cors ->
                route.putTypedPerFilterConfig(
                    CorsPolicies.FILTER, Pack.any(CorsPolicies.of(cors))));
    return Optional.of(route.build());
  }

  private static void addHeaders(Route.Builder route, HeaderChanges headers) {
    route
        .addAllRequestHeadersToAdd(headers.requestAdds())
        .addAllRequestHeadersToRemove(headers.requestRemoves())
        .addAllResponseHeadersToAdd(headers.responseAdds())
        .addAllResponseHeadersToRemove(headers.responseRemoves());
  }

  private static Metadata metadata(ConfigKey source) {
    return Metadata.newBuilder()
        .putFilterMetadata(
            "istio",
            Struct.newBuilder()
                .putFields(
                    "config",
                    Value.newBuilder()
                        .setStringValue(
                            "/apis/networking.istio.io/v1/namespaces/%s/virtual-service/%s"
                                .formatted(source.namespace(), source.name()))
                        .build())
                .build())
        .build();
  }
}
