package io.mooring.xds.translate.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.mooring.model.ConfigKey;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.HttpRetry;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.HttpRouteDestination;
import io.mooring.model.networking.StringMatch;
import io.mooring.xds.translate.route.RouteInput.HostInput;
import io.mooring.xds.translate.route.RouteInput.RuleInput;
import io.mooring.xds.translate.route.RouteInput.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RouteConfigurationsTest {

  private static final ConfigKey SOURCE = new ConfigKey("VirtualService", "demo", "rules");

  @Test
  void ofTwoHostsWithOneDomainTheFirstGetsIt() {
    RouteConfiguration routes = routes(plain("a.x", "240.0.0.1"), plain("b.x", "240.0.0.1"));

    assertThat(domains(routes))
        .containsExactly(List.of("a.x", "240.0.0.1"), List.of("b.x"), List.of("*"));
  }

  @Test
  void shortNameYieldsToTheHostOfThatNameEvenIfItComesLater() {
    RouteConfiguration routes = routes(plain("a.demo.svc.x", "a"), plain("A"));

    assertThat(domains(routes)).startsWith(List.of("a.demo.svc.x"), List.of("A"));
  }

  @Test
  void hostThatTakesEveryNameLeavesNoCatchAll() {
    assertThat(domains(routes(plain("*")))).containsExactly(List.of("*"));
  }

  @Test
  void nothingFollowsARuleThatTakesEveryRequest() {
    List<Route> routes =
        rules(
            rule(HttpRoute.builder(), prefix("/a")),
            rule(HttpRoute.builder()),
            rule(HttpRoute.builder(), prefix("/b")));

    assertThat(routes).extracting(route -> route.getMatch().getPrefix()).containsExactly("/a", "/");
  }

  @Test
  void prefixWithAHeaderTakesNotEveryRequest() {
    HttpMatchRequest match =
        HttpMatchRequest.builder().putHeaders("x", StringMatch.exact("1")).build();

    assertThat(rules(rule(HttpRoute.builder(), match), rule(HttpRoute.builder()))).hasSize(2);
  }

  @Test
  void eachMatchOfARuleIsARoute() {
    assertThat(rules(rule(HttpRoute.builder(), prefix("/a"), prefix("/b")))).hasSize(2);
  }

  @Test
  void timeoutIsOffUnlessARuleSetsIt() {
    Route route = rules(rule(HttpRoute.builder())).get(0);

    assertThat(route.getRoute().hasTimeout()).isTrue();
    assertThat(route.getRoute().getTimeout().getSeconds()).isZero();
  }

  @Test
  void numbersInRetryOnAreStatusCodes() {
    HttpRetry retry = HttpRetry.builder().attempts(3).retryOn("5xx, 429,503").build();

    var policy = rules(rule(HttpRoute.builder().retries(retry))).get(0).getRoute().getRetryPolicy();

    assertThat(policy.getRetryOn()).isEqualTo("5xx,retriable-status-codes");
    assertThat(policy.getRetriableStatusCodesList()).containsExactly(429, 503);
    assertThat(policy.getNumRetries().getValue()).isEqualTo(3);
  }

  @Test
  void zeroAttemptsSwitchRetriesOff() {
    HttpRetry none = HttpRetry.builder().attempts(0).build();

    assertThat(rules(rule(HttpRoute.builder().retries(none))).get(0).getRoute().hasRetryPolicy())
        .isFalse();
    assertThat(rules(rule(HttpRoute.builder())).get(0).getRoute().getRetryPolicy())
        .isEqualTo(Retries.DEFAULT);
  }

  @Test
  void destinationWithoutWeightGetsNothingBesideOthers() {
    RuleInput rule =
        rule(
            HttpRoute.builder()
                .addRoute(destination("one", 30), destination("two", 70), destination("none", 0)));

    assertThat(rules(rule).get(0).getRoute().getWeightedClusters().getClustersList())
        .extracting(cluster -> cluster.getName() + "=" + cluster.getWeight().getValue())
        .containsExactly("one=30", "two=70");
  }

  @Test
  void onlyDestinationGetsEverythingWhateverItsWeight() {
    assertThat(
            rules(rule(HttpRoute.builder().addRoute(destination("one", 0))))
                .get(0)
                .getRoute()
                .getCluster())
        .isEqualTo("one");
  }

  private static RouteConfiguration routes(HostInput... hosts) {
    return RouteConfigurations.translate(new RouteInput("80", List.of(hosts), true));
  }

  private static List<List<String>> domains(RouteConfiguration routes) {
    return routes.getVirtualHostsList().stream()
        .map(VirtualHost::getDomainsList)
        .map(domains -> List.copyOf(domains))
        .toList();
  }

  private static HostInput plain(String host, String... aliases) {
    List<String> domains = Stream.concat(Stream.of(host), Stream.of(aliases)).toList();
    return new HostInput(
        host, 80, domains, Optional.of(new Target("cluster", Optional.empty())), List.of());
  }

  private static List<Route> rules(RuleInput... rules) {
    return routes(new HostInput("h", 80, List.of("h"), Optional.empty(), List.of(rules)))
        .getVirtualHosts(0)
        .getRoutesList();
  }

  private static RuleInput rule(HttpRoute.Builder builder, HttpMatchRequest... matches) {
    HttpRoute route = builder.build();
    if (route.route().isEmpty()) {
      route = HttpRoute.builder().from(route).addRoute(destination("one", 0)).build();
    }
    Map<Destination, Target> targets = new java.util.HashMap<>();
    for (HttpRouteDestination destination : route.route()) {
      targets.put(
          destination.destination(),
          new Target(destination.destination().host(), Optional.empty()));
    }
    return new RuleInput(SOURCE, route, List.of(matches), targets);
  }

  private static HttpRouteDestination destination(String host, int weight) {
    return HttpRouteDestination.builder()
        .destination(Destination.builder().host(host).build())
        .weight(weight)
        .build();
  }

  private static HttpMatchRequest prefix(String prefix) {
    return HttpMatchRequest.builder().uri(StringMatch.prefix(prefix)).build();
  }
}
