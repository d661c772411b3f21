package io.mooring.xds.translate.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reduces Envoy's route configuration of one host to what gRPC clients accept. Pure.
 *
 * <p>What is kept: matches on path and headers, one or weighted clusters, timeouts, retries,
 * hashes, faults. Rewrites, mirrors, CORS and header changes are left out: they do not decide where
 * a call goes. A route that answers by itself (redirect, direct response) becomes one that fails
 * the call: to leave it out would let the call through to the next route.
 */
public final class ClientRoutes {

  private static final Set<String> RETRIABLE = // A44
      Set.of("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable");

  /** grpc-java fails every call of a route with less (it prints the value in E notation). */
  private static final Duration MIN_TIMEOUT = Durations.fromMillis(1);

  private static final String CHANNEL_ID = "io.grpc.channel_id"; // A42

  private ClientRoutes() {}

  /**
   * Returns the configuration that a gRPC client gets.
   *
   * @param envoy of one host; its virtual hosts are for any authority
   * @param authority {@code host:port}, what clients write into {@code :authority}
   */
  public static RouteConfiguration translate(RouteConfiguration envoy, String authority) {
    RouteConfiguration.Builder configuration =
        RouteConfiguration.newBuilder().setName(envoy.getName());
    for (VirtualHost from : envoy.getVirtualHostsList()) {
      VirtualHost.Builder host =
          configuration
              .addVirtualHostsBuilder()
              .setName(from.getName())
              .addAllDomains(from.getDomainsList());
      for (Route route : from.getRoutesList()) {
        ClientRouteMatches.of(route.getMatch(), authority)
            .forEach(match -> host.addRoutes(route(route, match)));
      }
    }
    return configuration.build();
  }

  private static Route route(Route from, RouteMatch match) {
    Route.Builder route = Route.newBuilder().setName(from.getName()).setMatch(match);
    if (from.containsTypedPerFilterConfig(HttpFilters.FAULT_NAME)) {
      route.putTypedPerFilterConfig(
          HttpFilters.FAULT_NAME, from.getTypedPerFilterConfigOrThrow(HttpFilters.FAULT_NAME));
    }
    return from.hasRoute()
        ? route.setRoute(action(from.getRoute())).build()
        : route.setNonForwardingAction(NonForwardingAction.getDefaultInstance()).build();
  }

  private static RouteAction action(RouteAction from) {
    RouteAction.Builder action = RouteAction.newBuilder();
    if (from.hasWeightedClusters()) {
      action.setWeightedClusters(weighted(from.getWeightedClusters()));
    } else {
      action.setCluster(from.getCluster());
    }
    if (Durations.isPositive(from.getTimeout())) {
      Duration timeout = longer(from.getTimeout(), MIN_TIMEOUT);
      action.setMaxStreamDuration(
          RouteAction.MaxStreamDuration.newBuilder()
              .setMaxStreamDuration(timeout)
              .setGrpcTimeoutHeaderMax(timeout));
    }
    if (from.hasRetryPolicy()) {
      retries(from.getRetryPolicy()).ifPresent(action::setRetryPolicy);
    }
    from.getHashPolicyList().forEach(hash -> action.addHashPolicy(hash(hash)));
    return action.build();
  }

  private static Duration longer(Duration one, Duration other) {
    return Durations.compare(one, other) < 0 ? other : one;
  }

  private static WeightedCluster weighted(WeightedCluster from) {
    WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
    from.getClustersList()
        .forEach(
            cluster ->
                clusters
                    .addClustersBuilder()
                    .setName(cluster.getName())
                    .setWeight(cluster.getWeight()));
    return clusters.build();
  }

  private static Optional<RetryPolicy> retries(RetryPolicy from) {
    List<String> conditions =
        Arrays.stream(from.getRetryOn().split(",", -1)).filter(RETRIABLE::contains).toList();
    if (conditions.isEmpty() || from.getNumRetries().getValue() == 0) {
      return Optional.empty();
    }
    RetryPolicy.Builder retries =
        RetryPolicy.newBuilder()
            .setRetryOn(conditions.stream().collect(Collectors.joining(",")))
            .setNumRetries(UInt32Value.of(from.getNumRetries().getValue()));
    if (Durations.isPositive(from.getRetryBackOff().getBaseInterval())) {
      retries.getRetryBackOffBuilder().setBaseInterval(from.getRetryBackOff().getBaseInterval());
    }
    return Optional.of(retries.build());
  }

  /** What Envoy takes from a connection or a cookie, gRPC takes from the channel. */
  private static RouteAction.HashPolicy hash(RouteAction.HashPolicy from) {
    RouteAction.HashPolicy.Builder hash = RouteAction.HashPolicy.newBuilder();
    if (from.hasHeader()) {
      hash.getHeaderBuilder().setHeaderName(from.getHeader().getHeaderName());
    } else {
      hash.getFilterStateBuilder().setKey(CHANNEL_ID);
    }
    return hash.build();
  }
}
