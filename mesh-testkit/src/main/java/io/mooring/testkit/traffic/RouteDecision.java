package io.mooring.testkit.traffic;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.mooring.testkit.traffic.TrafficVerdict.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a route says of one request, weights already drawn. Immutable.
 *
 * @param cluster where to; {@code ""} if the proxy answers itself
 * @param weighted the part of a weighted route that was drawn, else the default instance
 * @param request rewritten for the upstream
 */
record RouteDecision(
    Route route,
    VirtualHost virtualHost,
    String cluster,
    WeightedCluster.ClusterWeight weighted,
    TrafficRequest request) {

  /** What Envoy takes where a route says nothing. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

  static RouteDecision of(
      Route route, VirtualHost virtualHost, TrafficRequest request, RandomGenerator random) {
    WeightedCluster.ClusterWeight none = WeightedCluster.ClusterWeight.getDefaultInstance();
    if (route.getActionCase() != Route.ActionCase.ROUTE) {
      return new RouteDecision(route, virtualHost, "", none, request);
    }
    RouteAction action = route.getRoute();
    WeightedCluster.ClusterWeight weighted =
        action.hasWeightedClusters()
            ? Weights.pick(
                action.getWeightedClusters().getClustersList(),
                part -> part.getWeight().getValue(),
                random)
            : none;
    String cluster =
        switch (action.getClusterSpecifierCase()) {
          case CLUSTER -> action.getCluster();
          case WEIGHTED_CLUSTERS -> weighted.getName();
          case CLUSTER_HEADER,
              CLUSTER_SPECIFIER_PLUGIN,
              INLINE_CLUSTER_SPECIFIER_PLUGIN,
              CLUSTERSPECIFIER_NOT_SET ->
              throw new UnsupportedConfigurationException(
                  "route " + route.getName(), action.getClusterSpecifierCase().name());
        };
    return new RouteDecision(route, virtualHost, cluster, weighted, request).rewritten();
  }

  String routeName() {
    return route.getName();
  }

  String virtualHostName() {
    return virtualHost.getName();
  }

  /** Returns the per-filter configurations that apply, the most specific first. */
  List<Map<String, Any>> perFilterConfigs() {
    return List.of(
        weighted.getTypedPerFilterConfigMap(),
        route.getTypedPerFilterConfigMap(),
        virtualHost.getTypedPerFilterConfigMap());
  }

  /** Returns the time for the whole response; zero means none. */
  Duration timeout() {
    return route.getRoute().hasTimeout()
        ? TrafficSimulation.duration(route.getRoute().getTimeout())
        : DEFAULT_TIMEOUT;
  }

  /** Returns the proxy's own answer, if the route is not one to a cluster. */
  Optional<Reply> ownReply(TrafficTrace trace, Duration delay) {
    return switch (route.getActionCase()) {
      case ROUTE -> Optional.empty();
      case DIRECT_RESPONSE ->
          Optional.of(
              new Reply(
                  trace,
                  delay,
                  route.getDirectResponse().getStatus(),
                  route.getDirectResponse().getBody().getInlineString(),
                  "",
                  ""));
      case REDIRECT ->
          Optional.of(
              new Reply(
                  trace,
                  delay,
                  status(route.getRedirect()),
                  "",
                  "",
                  location(route.getRedirect())));
      case FILTER_ACTION, NON_FORWARDING_ACTION, ACTION_NOT_SET ->
          throw new UnsupportedConfigurationException(
              "route " + route.getName(), route.getActionCase().name());
    };
  }

  private int status(RedirectAction redirect) {
    return switch (redirect.getResponseCode()) {
      case MOVED_PERMANENTLY -> 301;
      case FOUND -> 302;
      case SEE_OTHER -> 303;
      case TEMPORARY_REDIRECT -> 307;
      case PERMANENT_REDIRECT -> 308;
      case UNRECOGNIZED ->
          throw new UnsupportedConfigurationException("route " + route.getName(), "its status");
    };
  }

  private String location(RedirectAction redirect) {
    if (redirect.hasRegexRewrite() || !redirect.getPrefixRewrite().isEmpty()) {
      throw new UnsupportedConfigurationException(
          "route " + route.getName(), "a redirect's rewrite");
    }
    String scheme =
        redirect.getHttpsRedirect()
            ? "https"
            : redirect.getSchemeRedirect().isEmpty() ? "http" : redirect.getSchemeRedirect();
    String authority =
        redirect.getHostRedirect().isEmpty() ? request.authority() : redirect.getHostRedirect();
    if (redirect.getPortRedirect() != 0) {
      authority = authority.replaceFirst(":\\d+$", "") + ":" + redirect.getPortRedirect();
    }
    String path =
        redirect.getPathRedirect().isEmpty() ? request.path() : redirect.getPathRedirect();
    return scheme + "://" + authority + path;
  }

  private RouteDecision rewritten() {
    RouteAction action = route.getRoute();
    if (route.getResponseHeadersToAddCount() + route.getResponseHeadersToRemoveCount() > 0
        || weighted.getResponseHeadersToAddCount() + weighted.getResponseHeadersToRemoveCount() > 0
        || action.hasRegexRewrite()) {
      throw new UnsupportedConfigurationException(
          "route " + route.getName(), "a response header or a regex rewrite");
    }
    TrafficRequest changed = withHeaders(request);
    if (!action.getPrefixRewrite().isEmpty()) {
      String matched =
          route.getMatch().hasPath() ? route.getMatch().getPath() : route.getMatch().getPrefix();
      changed =
          changed.withPath(action.getPrefixRewrite() + request.path().substring(matched.length()));
    }
    changed =
        switch (action.getHostRewriteSpecifierCase()) {
          case HOST_REWRITE_LITERAL -> changed.withAuthority(action.getHostRewriteLiteral());
          case HOSTREWRITESPECIFIER_NOT_SET -> changed;
          case AUTO_HOST_REWRITE, HOST_REWRITE_HEADER, HOST_REWRITE_PATH_REGEX ->
              throw new UnsupportedConfigurationException(
                  "route " + route.getName(), action.getHostRewriteSpecifierCase().name());
        };
    return new RouteDecision(route, virtualHost, cluster, weighted, changed);
  }

  /** Envoy evaluates the most specific level first, so that the least specific one wins. */
  private TrafficRequest withHeaders(TrafficRequest original) {
    List<String> removals = new ArrayList<>(weighted.getRequestHeadersToRemoveList());
    removals.addAll(route.getRequestHeadersToRemoveList());
    removals.addAll(virtualHost.getRequestHeadersToRemoveList());
    List<HeaderValueOption> additions = new ArrayList<>(weighted.getRequestHeadersToAddList());
    additions.addAll(route.getRequestHeadersToAddList());
    additions.addAll(virtualHost.getRequestHeadersToAddList());
    TrafficRequest changed = original;
    for (String name : removals) {
      changed = changed.withoutHeader(name);
    }
    for (HeaderValueOption addition : additions) {
      changed = with(changed, addition);
    }
    return changed;
  }

  private static TrafficRequest with(TrafficRequest request, HeaderValueOption addition) {
    String name = addition.getHeader().getKey();
    String value = addition.getHeader().getValue();
    if (value.contains("%")) {
      throw new UnsupportedConfigurationException("header " + name, "the format '" + value + "'");
    }
    Optional<String> present = request.header(name);
    return switch (addition.getAppendAction()) {
      case APPEND_IF_EXISTS_OR_ADD ->
          request.withHeader(name, present.map(old -> old + "," + value).orElse(value));
      case ADD_IF_ABSENT -> present.isPresent() ? request : request.withHeader(name, value);
      case OVERWRITE_IF_EXISTS_OR_ADD -> request.withHeader(name, value);
      case OVERWRITE_IF_EXISTS -> present.isPresent() ? request.withHeader(name, value) : request;
      case UNRECOGNIZED ->
          throw new UnsupportedConfigurationException("header " + name, "its append_action");
    };
  }
}
