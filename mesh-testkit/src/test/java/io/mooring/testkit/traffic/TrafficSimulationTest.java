package io.mooring.testkit.traffic;

import static io.mooring.testkit.traffic.HandMade.endpoint;
import static io.mooring.testkit.traffic.HandMade.httpFilters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.traffic.TrafficVerdict.Forward;
import io.mooring.testkit.traffic.TrafficVerdict.Reply;
import io.mooring.testkit.traffic.TrafficVerdict.Reset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class TrafficSimulationTest {

  private static final TrafficConnection OUT = TrafficConnection.outbound("127.0.0.1", 9080);
  private static final TrafficRequest GET = TrafficRequest.get("reviews:9080", "/reviews/0");
  private static final HandMade LISTENING = HandMade.NOTHING.outbound("127.0.0.1", 9080, "9080");

  @Test
  void portWithoutListenerIsReset() {
    assertThat(decide(HandMade.NOTHING, OUT, GET))
        .isEqualTo(new Reset(TrafficTrace.NOTHING, "no listener for 127.0.0.1:9080"));
  }

  @Test
  void routesThatHaveNotComeAreNoAnswer() {
    assertThat(decide(LISTENING, OUT, GET)).isInstanceOf(Reset.class);
  }

  @Test
  void hostWithoutVirtualHostIs404() {
    HandMade config =
        LISTENING.routes(
            """
            {"name": "9080", "virtual_hosts": [{"name": "other", "domains": ["other"], "routes": [
              {"match": {"prefix": "/"}, "route": {"cluster": "c"}}]}]}""");
    assertReply(decide(config, OUT, GET), 404, "NR");
  }

  @Test
  void pathWithoutRouteIs404AndNamesTheVirtualHost() {
    HandMade config =
        LISTENING.routes(
            """
            {"name": "9080", "virtual_hosts": [{"name": "reviews", "domains": ["*"], "routes": [
              {"match": {"path": "/reviews"}, "route": {"cluster": "c"}}]}]}""");
    TrafficVerdict verdict = decide(config, OUT, GET);
    assertReply(verdict, 404, "NR");
    assertThat(verdict.trace().virtualHost()).isEqualTo("reviews");
  }

  @Test
  void missingClusterIs503NoCluster() {
    HandMade config = LISTENING.route("9080", "\"route\": {\"cluster\": \"gone\"}");
    TrafficVerdict verdict = decide(config, OUT, GET);
    assertReply(verdict, 503, "NC");
    assertThat(verdict.trace())
        .isEqualTo(new TrafficTrace("out", "http", "all", "only", "gone", ""));
  }

  @Test
  void clusterWithoutHealthyEndpointIs503() {
    HandMade config =
        LISTENING
            .route("9080", "\"route\": {\"cluster\": \"c\"}")
            .edsCluster("c")
            .endpoints(
                "c",
                "{\"lb_endpoints\": [%s]}"
                    .formatted(endpoint("10.0.0.1", 80, ", \"health_status\": \"UNHEALTHY\"")));
    assertReply(decide(config, OUT, GET), 503, "UH");
  }

  @Test
  void unknownFilterIsNotPassedInSilence() {
    HandMade config =
        LISTENING.listener(
            """
                {"name": "in", "address": {"socket_address": {"address": "10.0.0.9", "port_value": 80}},
                 "filter_chains": [{"filters": [{"name": "hcm", "typed_config": {
                  "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                  "stat_prefix": "in", "route_config": {}, "http_filters": [{"name": "envoy.filters.http.rbac", "typed_config":
                   {"@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC"}}]}}]}]}""");
    assertThatThrownBy(() -> decide(config, TrafficConnection.inbound("10.0.0.9", 80), GET))
        .isInstanceOf(UnsupportedConfigurationException.class)
        .hasMessageContaining("envoy.filters.http.rbac");
  }

  @Test
  void callGoesToTheEndpointOfItsClusterWithTheRoutesTimeout() {
    HandMade config =
        LISTENING
            .route("9080", "\"route\": {\"cluster\": \"c\", \"timeout\": \"0.3s\"}")
            .clusterAt("c", "10.0.0.1", 8080);
    Forward forward = forward(decide(config, OUT, GET));
    assertThat(forward.upstream())
        .isEqualTo(new TrafficVerdict.Upstream("10.0.0.1", 8080, "", false));
    assertThat(forward.timeout()).isEqualTo(Duration.ofMillis(300));
    assertThat(forward.trace())
        .isEqualTo(new TrafficTrace("out", "http", "all", "only", "c", "10.0.0.1:8080"));
    assertThat(forward.request()).isEqualTo(GET);
  }

  @Test
  void unsetTimeoutIsEnvoysFifteenSeconds() {
    HandMade config =
        LISTENING.route("9080", "\"route\": {\"cluster\": \"c\"}").clusterAt("c", "10.0.0.1", 1);
    assertThat(forward(decide(config, OUT, GET)).timeout()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void exactDomainBeatsWildcardsAndPortIsIgnoredWhereAsked() {
    HandMade config =
        LISTENING
            .routes(
                """
                {"name": "9080", "ignore_port_in_host_matching": true, "virtual_hosts": [
                 {"name": "any", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "c"}}]},
                 {"name": "suffix", "domains": ["*.demo"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "c"}}]},
                 {"name": "long-suffix", "domains": ["*.x.demo"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "c"}}]},
                 {"name": "exact", "domains": ["Reviews.demo"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "c"}}]}]}""")
            .clusterAt("c", "10.0.0.1", 1);
    assertThat(virtualHost(config, "reviews.DEMO:9080")).isEqualTo("exact");
    assertThat(virtualHost(config, "ratings.demo")).isEqualTo("suffix");
    assertThat(virtualHost(config, "a.x.demo:1")).isEqualTo("long-suffix");
    assertThat(virtualHost(config, "elsewhere")).isEqualTo("any");
  }

  @Test
  void firstRouteWhoseConditionsAllHoldIsTaken() {
    HandMade config =
        LISTENING
            .routes(
                """
                {"name": "9080", "virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [
                 {"name": "jason", "match": {"prefix": "/", "headers": [{"name": "end-user", "string_match": {"exact": "jason"}}]}, "route": {"cluster": "c"}},
                 {"name": "no-user", "match": {"prefix": "/admin", "headers": [{"name": "end-user", "present_match": true, "invert_match": true}]}, "route": {"cluster": "c"}},
                 {"name": "query", "match": {"prefix": "/", "query_parameters": [{"name": "q", "string_match": {"prefix": "1"}}]}, "route": {"cluster": "c"}},
                 {"name": "part", "match": {"path_separated_prefix": "/part"}, "route": {"cluster": "c"}},
                 {"name": "regex", "match": {"safe_regex": {"regex": "/r[0-9]+"}}, "route": {"cluster": "c"}},
                 {"name": "rest", "match": {"prefix": "/"}, "route": {"cluster": "c"}}]}]}""")
            .clusterAt("c", "10.0.0.1", 1);
    assertThat(route(config, GET.withHeader("End-User", "jason"))).isEqualTo("jason");
    assertThat(route(config, TrafficRequest.get("h", "/admin/x"))).isEqualTo("no-user");
    assertThat(route(config, TrafficRequest.get("h", "/admin").withHeader("end-user", "eve")))
        .isEqualTo("rest");
    assertThat(route(config, TrafficRequest.get("h", "/?p=2&q=17"))).isEqualTo("query");
    assertThat(route(config, TrafficRequest.get("h", "/part/1"))).isEqualTo("part");
    assertThat(route(config, TrafficRequest.get("h", "/party"))).isEqualTo("rest");
    assertThat(route(config, TrafficRequest.get("h", "/r12"))).isEqualTo("regex");
    assertThat(route(config, TrafficRequest.get("h", "/r12/3"))).isEqualTo("rest");
  }

  @Test
  void weightsAreKeptAndTheSameRandomNumbersGiveTheSameChoices() {
    HandMade config =
        LISTENING
            .route(
                "9080",
                """
                "route": {"weighted_clusters": {"clusters": [
                  {"name": "v1", "weight": 30}, {"name": "v2", "weight": 0}, {"name": "v3", "weight": 70}]}}""")
            .clusterAt("v1", "10.0.0.1", 1)
            .clusterAt("v2", "10.0.0.2", 1)
            .clusterAt("v3", "10.0.0.3", 1);
    Map<String, Integer> counts = countClusters(config, 42, 1_000);
    assertThat(counts.get("v1")).isBetween(250, 350);
    assertThat(counts).containsOnlyKeys("v1", "v3").isEqualTo(countClusters(config, 42, 1_000));
  }

  @Test
  void abortAnswersInsteadOfTheUpstreamButOnlyForMatchingRequests() {
    HandMade config =
        LISTENING
            .route(
                "9080",
                """
                "route": {"cluster": "c"}, "typed_per_filter_config": {"envoy.filters.http.fault": {
                 "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
                 "headers": [{"name": "end-user", "string_match": {"exact": "jason"}}],
                 "delay": {"fixed_delay": "2s", "percentage": {"numerator": 100}},
                 "abort": {"http_status": 418, "percentage": {"numerator": 100}}}}""")
            .clusterAt("c", "10.0.0.1", 1);
    TrafficVerdict verdict = decide(config, OUT, GET.withHeader("end-user", "jason"));
    assertReply(verdict, 418, "FI");
    assertThat(verdict)
        .asInstanceOf(InstanceOfAssertFactories.type(Reply.class))
        .extracting(Reply::delay, Reply::body)
        .containsExactly(Duration.ofSeconds(2), "fault filter abort");
    assertThat(forward(decide(config, OUT, GET)).delay()).isZero();
  }

  @Test
  void halfOfTheRequestsAreDelayed() {
    HandMade config =
        LISTENING
            .route(
                "9080",
                """
                "route": {"cluster": "c"}, "typed_per_filter_config": {"envoy.filters.http.fault": {
                 "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
                 "delay": {"fixed_delay": "1s", "percentage": {"numerator": 5000, "denominator": "TEN_THOUSAND"}}}}""")
            .clusterAt("c", "10.0.0.1", 1);
    Random random = new Random(7);
    int delayed = 0;
    for (int i = 0; i < 1_000; i++) {
      TrafficVerdict verdict = TrafficSimulation.of(config.resources()).decide(OUT, GET, random);
      delayed += forward(verdict).delay().isZero() ? 0 : 1;
    }
    assertThat(delayed).isBetween(440, 560);
  }

  @Test
  void endpointMetadataChoosesTheTransportSocket() {
    String tlsEndpoint =
        endpoint(
            "10.0.0.1",
            1,
            ", \"metadata\": {\"filter_metadata\": {\"envoy.transport_socket_match\": {\"tlsMode\": \"istio\"}}}");
    HandMade config =
        LISTENING
            .route("9080", "\"route\": {\"cluster\": \"c\"}")
            .cluster(
                """
                {"name": "c", "type": "EDS", "eds_cluster_config": {"service_name": "s"}, "transport_socket_matches": [
                 {"name": "tlsMode-istio", "match": {"tlsMode": "istio"}, "transport_socket": {"name": "tls", "typed_config":
                   {"@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"}}},
                 {"name": "tlsMode-disabled", "match": {}, "transport_socket": {"name": "raw", "typed_config":
                   {"@type": "type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"}}}]}""");
    HandMade withTls = config.endpoints("s", "{\"lb_endpoints\": [%s]}".formatted(tlsEndpoint));
    HandMade without =
        config.endpoints("s", "{\"lb_endpoints\": [%s]}".formatted(endpoint("10.0.0.1", 1, "")));
    assertThat(forward(decide(withTls, OUT, GET)).upstream())
        .isEqualTo(new TrafficVerdict.Upstream("10.0.0.1", 1, "tlsMode-istio", true));
    assertThat(forward(decide(without, OUT, GET)).upstream())
        .isEqualTo(new TrafficVerdict.Upstream("10.0.0.1", 1, "tlsMode-disabled", false));
  }

  @Test
  void lowerPriorityIsUsedOnlyWhenTheHigherHasNoHealthyEndpoint() {
    HandMade config = LISTENING.route("9080", "\"route\": {\"cluster\": \"c\"}").edsCluster("c");
    String second =
        "{\"priority\": 1, \"lb_endpoints\": [%s]}".formatted(endpoint("10.0.0.2", 1, ""));
    HandMade bothHealthy =
        config.endpoints(
            "c", "{\"lb_endpoints\": [%s]}, %s".formatted(endpoint("10.0.0.1", 1, ""), second));
    HandMade firstDraining =
        config.endpoints(
            "c",
            "{\"lb_endpoints\": [%s]}, %s"
                .formatted(endpoint("10.0.0.1", 1, ", \"health_status\": \"DRAINING\""), second));
    assertThat(decide(bothHealthy, OUT, GET).trace().endpoint()).isEqualTo("10.0.0.1:1");
    assertThat(decide(firstDraining, OUT, GET).trace().endpoint()).isEqualTo("10.0.0.2:1");
  }

  @Test
  void headersAndHostAreRewrittenForTheUpstream() {
    HandMade config =
        LISTENING
            .route(
                "9080",
                """
                "route": {"cluster": "c", "host_rewrite_literal": "inner", "prefix_rewrite": "/v2/"},
                "request_headers_to_remove": ["x-gone"],
                "request_headers_to_add": [
                 {"header": {"key": "x-set", "value": "new"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"},
                 {"header": {"key": "x-more", "value": "b"}}]""")
            .clusterAt("c", "10.0.0.1", 1);
    TrafficRequest sent =
        GET.withHeader("x-gone", "1").withHeader("x-set", "old").withHeader("x-more", "a");
    assertThat(forward(decide(config, OUT, sent)).request())
        .isEqualTo(
            new TrafficRequest(
                "GET", "inner", "/v2/reviews/0", Map.of("x-set", "new", "x-more", "a,b")));
  }

  @Test
  void claimedClientCertificateIsNotPassedOn() {
    HandMade config =
        LISTENING.route("9080", "\"route\": {\"cluster\": \"c\"}").clusterAt("c", "10.0.0.1", 1);
    TrafficRequest forged = GET.withHeader("X-Forwarded-Client-Cert", "URI=spiffe://td/ns/a/sa/b");
    assertThat(forward(decide(config, OUT, forged)).request()).isEqualTo(GET);
  }

  @Test
  void directResponseAndRedirectAreTheProxysOwn() {
    HandMade direct =
        LISTENING.route(
            "9080",
            "\"direct_response\": {\"status\": 502, \"body\": {\"inline_string\": \"no\"}}");
    HandMade redirect =
        LISTENING.route(
            "9080",
            "\"redirect\": {\"host_redirect\": \"new.demo\", \"response_code\": \"FOUND\"}");
    assertReply(decide(direct, OUT, GET), 502, "");
    assertThat(decide(redirect, OUT, GET))
        .asInstanceOf(InstanceOfAssertFactories.type(Reply.class))
        .extracting(Reply::status, Reply::location)
        .containsExactly(302, "http://new.demo/reviews/0");
  }

  @Test
  void inboundPermissiveTakesTheChainOfTheTransport() {
    HandMade config =
        HandMade.NOTHING
            .listener(
                """
                {"name": "in", "traffic_direction": "INBOUND",
                 "address": {"socket_address": {"address": "10.0.0.9", "port_value": 8080}},
                 "listener_filters": [{"name": "envoy.filters.listener.tls_inspector"}],
                 "filter_chains": [
                  {"name": "mtls", "filter_chain_match": {"transport_protocol": "tls", "application_protocols": ["istio", "istio-h2"]}, %s},
                  {"name": "plain", "filter_chain_match": {"transport_protocol": "raw_buffer"}, %s}]}"""
                    .formatted(httpFilters("in"), httpFilters("in")))
            .route("in", "\"route\": {\"cluster\": \"c\"}")
            .clusterAt("c", "127.0.0.1", 1);
    TrafficConnection plain = TrafficConnection.inbound("10.0.0.9", 8080);
    assertThat(chain(config, plain)).isEqualTo("plain");
    assertThat(chain(config, plain.withTls("x", List.of("h2", "istio")))).isEqualTo("mtls");
    assertThat(decide(config, plain.withTls("x", List.of("h2")), GET))
        .asInstanceOf(InstanceOfAssertFactories.type(Reset.class))
        .extracting(Reset::reason)
        .isEqualTo("no filter chain matches");
  }

  @Test
  void capturedDestinationReachesPassthroughWithItsOwnAddress() {
    HandMade config =
        HandMade.NOTHING
            .listener(
                """
                {"name": "virtualOutbound", "use_original_dst": true, "traffic_direction": "OUTBOUND",
                 "address": {"socket_address": {"address": "0.0.0.0", "port_value": 15001}},
                 "filter_chains": [
                  {"name": "blackhole", "filter_chain_match": {"destination_port": 15001}, "filters": [%1$s]},
                  {"name": "rest", "filters": [%1$s]}]}"""
                    .formatted(
                        """
                        {"name": "tcp", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                         "stat_prefix": "p", "cluster": "PassthroughCluster"}}"""))
            .listener(
                """
                {"name": "10.9.9.9_80", "bind_to_port": false, "traffic_direction": "OUTBOUND",
                 "address": {"socket_address": {"address": "10.9.9.9", "port_value": 80}},
                 "filter_chains": [{"name": "vip", %s}]}"""
                    .formatted(httpFilters("80")))
            .route("80", "\"route\": {\"cluster\": \"c\"}")
            .clusterAt("c", "10.0.0.1", 1)
            .cluster(
                "{\"name\": \"PassthroughCluster\", \"type\": \"ORIGINAL_DST\", \"lb_policy\": \"CLUSTER_PROVIDED\"}");
    assertThat(chain(config, TrafficConnection.outbound("10.9.9.9", 80))).isEqualTo("vip");
    assertThat(chain(config, TrafficConnection.outbound("1.2.3.4", 15001))).isEqualTo("blackhole");
    assertThat(decide(config, TrafficConnection.outbound("1.2.3.4", 443), GET).trace())
        .isEqualTo(
            new TrafficTrace(
                "virtualOutbound", "rest", "", "", "PassthroughCluster", "1.2.3.4:443"));
  }

  @Test
  void originalDestinationWithoutCaptureHasNoHost() {
    HandMade config =
        LISTENING
            .route("9080", "\"route\": {\"cluster\": \"PassthroughCluster\"}")
            .cluster(
                "{\"name\": \"PassthroughCluster\", \"type\": \"ORIGINAL_DST\", \"lb_policy\": \"CLUSTER_PROVIDED\"}");
    assertReply(decide(config, OUT, GET), 503, "UH");
  }

  @Test
  void mostSpecificAddressPrefixWinsElseTheDefaultChain() {
    HandMade config =
        HandMade.NOTHING
            .listener(
                """
                {"name": "l", "bind_to_port": false, "address": {"socket_address": {"address": "0.0.0.0", "port_value": 80}},
                 "filter_chains": [
                  {"name": "wide", "filter_chain_match": {"prefix_ranges": [{"address_prefix": "10.0.0.0", "prefix_len": 8}]}, %1$s},
                  {"name": "narrow", "filter_chain_match": {"prefix_ranges": [{"address_prefix": "10.1.0.0", "prefix_len": 16}]}, %1$s}],
                 "default_filter_chain": {"name": "default", %1$s}}"""
                    .formatted(httpFilters("r")))
            .route("r", "\"route\": {\"cluster\": \"c\"}")
            .clusterAt("c", "10.0.0.1", 1);
    assertThat(chain(config, TrafficConnection.outbound("10.1.2.3", 80))).isEqualTo("narrow");
    assertThat(chain(config, TrafficConnection.outbound("10.2.2.3", 80))).isEqualTo("wide");
    assertThat(chain(config, TrafficConnection.outbound("11.0.0.1", 80))).isEqualTo("default");
  }

  private static TrafficVerdict decide(
      HandMade config, TrafficConnection connection, TrafficRequest request) {
    return TrafficSimulation.of(config.resources()).decide(connection, request, new Random(1));
  }

  private static Forward forward(TrafficVerdict verdict) {
    assertThat(verdict).isInstanceOf(Forward.class);
    return (Forward) verdict;
  }

  private static void assertReply(TrafficVerdict verdict, int status, String flag) {
    assertThat(verdict)
        .asInstanceOf(InstanceOfAssertFactories.type(Reply.class))
        .extracting(Reply::status, Reply::flag)
        .containsExactly(status, flag);
  }

  private static String virtualHost(HandMade config, String authority) {
    return decide(config, OUT, TrafficRequest.get(authority, "/")).trace().virtualHost();
  }

  private static String route(HandMade config, TrafficRequest request) {
    return decide(config, OUT, request).trace().route();
  }

  private static String chain(HandMade config, TrafficConnection connection) {
    return decide(config, connection, GET).trace().filterChain();
  }

  private static Map<String, Integer> countClusters(HandMade config, long seed, int times) {
    TrafficSimulation simulation = TrafficSimulation.of(config.resources());
    Random random = new Random(seed);
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < times; i++) {
      counts.merge(simulation.decide(OUT, GET, random).trace().cluster(), 1, Integer::sum);
    }
    return counts;
  }
}
