package io.mooring.xds.translate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.mooring.testkit.Row;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientRoutesTest {

  private static final RouteMatch ANY = RouteMatch.newBuilder().setPrefix("/").build();
  private static final RouteAction TO_A = RouteAction.newBuilder().setCluster("a").build();

  private static List<Route> translate(Route... routes) {
    RouteConfiguration envoy =
        RouteConfiguration.newBuilder()
            .setName("r:80")
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .setName("r")
                    .addDomains("*")
                    .setIncludeRequestAttemptCount(true)
                    .addAllRoutes(List.of(routes)))
            .build();
    RouteConfiguration grpc = ClientRoutes.translate(envoy, "r.demo:80");
    assertThat(grpc.getName()).isEqualTo("r:80");
    assertThat(grpc.getVirtualHosts(0).getDomainsList()).containsExactly("*");
    assertThat(grpc.getVirtualHosts(0).getIncludeRequestAttemptCount()).isFalse();
    return grpc.getVirtualHosts(0).getRoutesList();
  }

  private static Route to(RouteMatch.Builder match) {
    return Route.newBuilder().setMatch(match).setRoute(TO_A).build();
  }

  private static HeaderMatcher exact(String name, String value) {
    return HeaderMatcher.newBuilder()
        .setName(name)
        .setStringMatch(StringMatcher.newBuilder().setExact(value))
        .build();
  }

  @Test
  @Row(126)
  void caseSensitivityIsAlwaysSaid() {
    List<Route> routes =
        translate(to(ANY.toBuilder()), to(ANY.toBuilder().setCaseSensitive(BoolValue.of(false))));
    assertThat(routes)
        .extracting(route -> route.getMatch().getCaseSensitive())
        .containsExactly(BoolValue.of(true), BoolValue.of(false));
    assertThat(routes).allMatch(route -> route.getMatch().hasCaseSensitive());
  }

  @Test
  @Row(128)
  void routeThatAnswersByItselfFailsTheCall() {
    Route redirect =
        Route.newBuilder()
            .setMatch(ANY)
            .setRedirect(RedirectAction.newBuilder().setHostRedirect("x"))
            .build();
    Route direct =
        Route.newBuilder()
            .setMatch(ANY)
            .setDirectResponse(DirectResponseAction.newBuilder().setStatus(503))
            .build();
    assertThat(translate(redirect, direct)).hasSize(2).allMatch(Route::hasNonForwardingAction);
  }

  @Test
  @Row(127)
  void matchOnAQueryIsNeverMet() {
    RouteMatch.Builder match =
        ANY.toBuilder().addQueryParameters(QueryParameterMatcher.newBuilder().setName("a"));
    assertThat(translate(to(match))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    ":method, POST, true",
    ":method, GET, false",
    ":authority, r.demo:80, true",
    ":authority, r.demo, true",
    ":authority, other, false",
    ":scheme, http, true",
    ":path, /a, false"
  })
  void pseudoHeaderIsDecidedHere(String name, String value, boolean met) {
    List<Route> routes = translate(to(ANY.toBuilder().addHeaders(exact(name, value))));
    assertThat(routes).hasSize(met ? 1 : 0);
    assertThat(routes).allMatch(route -> route.getMatch().getHeadersCount() == 0);
    HeaderMatcher other = exact(name, value).toBuilder().setInvertMatch(true).build();
    assertThat(translate(to(ANY.toBuilder().addHeaders(other)))).hasSize(met ? 0 : 1);
  }

  @Test
  void absentHeaderIsARouteOfItsOwn() {
    HeaderMatcher notA =
        exact("x", "a").toBuilder().setInvertMatch(true).setTreatMissingHeaderAsEmpty(true).build();
    List<Route> routes = translate(to(ANY.toBuilder().addHeaders(notA)));
    assertThat(routes).hasSize(2);
    HeaderMatcher present = routes.get(0).getMatch().getHeaders(0);
    assertThat(present.getInvertMatch()).isTrue();
    assertThat(present.getTreatMissingHeaderAsEmpty()).isFalse();
    HeaderMatcher absent = routes.get(1).getMatch().getHeaders(0);
    assertThat(absent.getPresentMatch()).isTrue();
    assertThat(absent.getInvertMatch()).isTrue();
  }

  @Test
  void absentHeaderIsNoRouteWhereTheEmptyOneIsExcluded() {
    HeaderMatcher notEmpty =
        exact("x", "").toBuilder().setInvertMatch(true).setTreatMissingHeaderAsEmpty(true).build();
    assertThat(translate(to(ANY.toBuilder().addHeaders(notEmpty)))).hasSize(1);
  }

  @Test
  @Row(132)
  void onlyConditionsThatGrpcKnowsAreRetried() {
    RetryPolicy policy =
        RetryPolicy.newBuilder()
            .setRetryOn("5xx,unavailable,connect-failure,cancelled")
            .setNumRetries(UInt32Value.of(2))
            .setHostSelectionRetryMaxAttempts(5)
            .build();
    RouteAction action =
        translate(
                Route.newBuilder()
                    .setMatch(ANY)
                    .setRoute(TO_A.toBuilder().setRetryPolicy(policy))
                    .build())
            .get(0)
            .getRoute();
    assertThat(action.getRetryPolicy())
        .isEqualTo(
            RetryPolicy.newBuilder()
                .setRetryOn("unavailable,cancelled")
                .setNumRetries(UInt32Value.of(2))
                .build());
  }

  @Test
  void retriesThatGrpcCannotDoAreLeftOut() {
    RetryPolicy policy =
        RetryPolicy.newBuilder().setRetryOn("5xx").setNumRetries(UInt32Value.of(2)).build();
    Route route =
        Route.newBuilder().setMatch(ANY).setRoute(TO_A.toBuilder().setRetryPolicy(policy)).build();
    assertThat(translate(route).get(0).getRoute().hasRetryPolicy()).isFalse();
  }

  @Test
  @Row({130, 131})
  void timeoutIsWrittenWhereGrpcReadsItAndNeverBelowAMillisecond() {
    Route route =
        Route.newBuilder()
            .setMatch(ANY)
            .setRoute(TO_A.toBuilder().setTimeout(Durations.fromNanos(10)))
            .build();
    RouteAction action = translate(route).get(0).getRoute();
    assertThat(action.hasTimeout()).isFalse();
    assertThat(action.getMaxStreamDuration().getMaxStreamDuration())
        .isEqualTo(Durations.fromMillis(1));
    assertThat(action.getMaxStreamDuration().getGrpcTimeoutHeaderMax())
        .isEqualTo(Durations.fromMillis(1));
  }

  @Test
  void timeoutOfZeroMeansNone() {
    Route route =
        Route.newBuilder()
            .setMatch(ANY)
            .setRoute(TO_A.toBuilder().setTimeout(Durations.ZERO))
            .build();
    assertThat(translate(route).get(0).getRoute().hasMaxStreamDuration()).isFalse();
  }

  @Test
  void hashOfAConnectionBecomesOneOfTheChannel() {
    RouteAction.HashPolicy.Builder source = RouteAction.HashPolicy.newBuilder();
    source.getConnectionPropertiesBuilder().setSourceIp(true);
    RouteAction.HashPolicy.Builder header = RouteAction.HashPolicy.newBuilder();
    header.getHeaderBuilder().setHeaderName("user");
    Route route =
        Route.newBuilder()
            .setMatch(ANY)
            .setRoute(TO_A.toBuilder().addHashPolicy(source).addHashPolicy(header))
            .build();
    List<RouteAction.HashPolicy> hashes = translate(route).get(0).getRoute().getHashPolicyList();
    assertThat(hashes.get(0).getFilterState().getKey()).isEqualTo("io.grpc.channel_id");
    assertThat(hashes.get(1).getHeader().getHeaderName()).isEqualTo("user");
  }
}
