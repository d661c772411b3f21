package io.mooring.xds.translate.route;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.HttpMirrorPolicy;
import io.mooring.model.networking.HttpRewrite;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.HttpRouteDestination;
import io.mooring.model.networking.Percent;
import io.mooring.xds.translate.route.RouteInput.RuleInput;
import io.mooring.xds.translate.route.RouteInput.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Translates rules that send a request on. */
final class RouteActions {

  /** Unset would mean 15 seconds. */
  private static final Duration NO_TIMEOUT = Duration.getDefaultInstance();

  private RouteActions() {}

  /** Returns the action that sends everything to one cluster, once. */
  static RouteAction to(String cluster) {
    RouteAction.Builder action = RouteAction.newBuilder().setCluster(cluster);
    setTimeout(action, NO_TIMEOUT);
    return action.build();
  }

  /** Returns the action that sends everything to one target, with the default retries. */
  static RouteAction to(Target target) {
    RouteAction.Builder action = to(target.cluster()).toBuilder();
    target.hash().ifPresent(hash -> action.addHashPolicy(HashPolicies.of(hash)));
    Retries.of(Optional.empty(), target.hash().isPresent()).ifPresent(action::setRetryPolicy);
    return action.build();
  }

  /**
   * Returns the action of a rule.
   *
   * @return absent where the rule names no destination that gets any request
   */
  static Optional<RouteAction> of(RuleInput rule) {
    HttpRoute route = rule.route();
    List<HttpRouteDestination> destinations = weighted(route.route());
    if (destinations.isEmpty()) {
      return Optional.empty();
    }
    RouteAction.Builder action = RouteAction.newBuilder();
    setTimeout(action, route.timeout().map(Durations::proto).orElse(NO_TIMEOUT));
    setDestinations(action, rule, destinations);
    route.rewrite().ifPresent(rewrite -> setRewrite(action, rewrite));
    HeaderChanges.of(route.headers()).host().ifPresent(action::setHostRewriteLiteral);
    List<Target> targets = destinations.stream().map(it -> rule.target(it.destination())).toList();
    targets.stream()
        .flatMap(target -> target.hash().stream())
        .findFirst()
        .ifPresent(hash -> action.addHashPolicy(HashPolicies.of(hash)));
    Retries.of(route.retries(), action.getHashPolicyCount() > 0).ifPresent(action::setRetryPolicy);
    addMirrors(action, rule);
    return Optional.of(action.build());
  }

  private static void setTimeout(RouteAction.Builder action, Duration timeout) {
    action
        .setTimeout(timeout)
        .setMaxStreamDuration(
            RouteAction.MaxStreamDuration.newBuilder().setGrpcTimeoutHeaderMax(timeout));
  }

  /**
   * A single destination gets everything whatever its weight; of several, those without one none.
   */
  private static List<HttpRouteDestination> weighted(List<HttpRouteDestination> destinations) {
    return destinations.size() == 1
        ? destinations
        : destinations.stream().filter(destination -> destination.weight() > 0).toList();
  }

  private static void setDestinations(
      RouteAction.Builder action, RuleInput rule, List<HttpRouteDestination> destinations) {
    if (destinations.size() == 1) {
      HttpRouteDestination only = destinations.get(0);
      action.setCluster(rule.target(only.destination()).cluster());
      HeaderChanges.of(only.headers()).host().ifPresent(action::setHostRewriteLiteral);
      return;
    }
    WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
    for (HttpRouteDestination destination : destinations) {
      HeaderChanges headers = HeaderChanges.of(destination.headers());
      WeightedCluster.ClusterWeight.Builder weight =
          clusters
              .addClustersBuilder()
              .setName(rule.target(destination.destination()).cluster())
              .setWeight(UInt32Value.of(destination.weight()))
              .addAllRequestHeadersToAdd(headers.requestAdds())
              .addAllRequestHeadersToRemove(headers.requestRemoves())
              .addAllResponseHeadersToAdd(headers.responseAdds())
              .addAllResponseHeadersToRemove(headers.responseRemoves());
      headers.host().ifPresent(weight::setHostRewriteLiteral);
    }
    action.setWeightedClusters(clusters);
  }

  private static void setRewrite(RouteAction.Builder action, HttpRewrite rewrite) {
    if (!rewrite.authority().isEmpty()) {
      action.setHostRewriteLiteral(rewrite.authority());
    }
    if (rewrite.uriRegexRewrite().isPresent()) {
      action.setRegexRewrite(
          RegexMatchAndSubstitute.newBuilder()
              .setPattern(RouteMatches.regex(rewrite.uriRegexRewrite().get().match()))
              .setSubstitution(rewrite.uriRegexRewrite().get().rewrite()));
    } else if (!rewrite.uri().isEmpty()) {
      action.setPrefixRewrite(rewrite.uri());
    }
  }

  private static void addMirrors(RouteAction.Builder action, RuleInput rule) {
    HttpRoute route = rule.route();
    List<HttpMirrorPolicy> mirrors = new ArrayList<>();
    route
        .mirror()
        .ifPresent(
            destination ->
                mirrors.add(
                    HttpMirrorPolicy.builder()
                        .destination(destination)
                        .percentage(mirrorPercentage(route))
                        .build()));
    mirrors.addAll(route.mirrors());
    for (HttpMirrorPolicy mirror : mirrors) {
      Percent percent = mirror.percentage().orElse(Percentages.ALL);
      if (percent.value() > 0) {
        action.addRequestMirrorPolicies(mirror(rule, mirror.destination(), percent));
      }
    }
  }

  private static Optional<Percent> mirrorPercentage(HttpRoute route) {
    return route
        .mirrorPercentage()
        .or(
            () ->
                route.mirrorPercent().isPresent()
                    ? Optional.of(new Percent(route.mirrorPercent().getAsInt()))
                    : Optional.empty());
  }

  private static RequestMirrorPolicy mirror(
      RuleInput rule, Destination destination, Percent percent) {
    return RequestMirrorPolicy.newBuilder()
        .setCluster(rule.target(destination).cluster())
        .setRuntimeFraction(Percentages.runtime(percent))
        .build();
  }
}
