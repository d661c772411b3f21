package io.mooring.xds.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.xds.explain.Step.Stage;
import io.mooring.xds.node.ProxyNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ways that are seldom taken: other names, other destinations, conditions, what is spoken. */
class ExplainedDetailTest extends Explained {

  private static final String OTHER =
      SERVICE.replace("ratings", "reviews")
          + "---\n"
          + VM.replace("ratings", "reviews").replace("10.0.0.1", "10.0.0.7");
  private static final String KUBERNETES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: ratings, namespace: demo}
      spec: {selector: {app: ratings}, clusterIP: 10.96.0.1, ports: [{name: http, port: 80}, {name: tls, port: 443}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: stars, namespace: demo}
      spec: {type: ExternalName, externalName: ratings.demo.svc.cluster.local}
      """;

  private static String route(String spec) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: ratings, namespace: demo}
    spec:
      hosts: [ratings]
      %s
    """
        .formatted(spec);
  }

  private static String rule(String policy) {
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: ratings, namespace: demo}
    spec: {host: ratings, trafficPolicy: %s}
    """
        .formatted(policy);
  }

  @Test
  void otherNameOfAServiceLeadsToIt() {
    for (int port : new int[] {80, 443}) {
      Explanation explanation = explain("stars", port, KUBERNETES, VM);
      assertThat(explanation.reachable()).as(explanation.toString()).isTrue();
      assertThat(step(explanation, Stage.SERVICE).chosen().toString())
          .contains("ratings.demo.svc.cluster.local");
    }
    assertThat(explain(node("demo", "NONE"), "stars", 443, KUBERNETES, VM).reachable())
        .as("by its SNI")
        .isTrue();
  }

  @Test
  void connectionsThatAVirtualServiceSendsElsewhereAreFollowed() {
    String routes = route("tcp: [{route: [{destination: {host: reviews}}]}]");
    Explanation explanation = explain("ratings", 9090, SERVICE, VM, OTHER, routes);
    assertThat(explanation.reachable()).isTrue();
    assertThat(step(explanation, Stage.ENDPOINT).chosen().toString()).contains("10.0.0.7:9090");
  }

  @Test
  void endpointsAreThoseOfTheDestinationNotOfTheHostThatIsCalled() {
    String routes = route("http: [{route: [{destination: {host: reviews}}]}]");
    String strict =
        STRICT.replace("name: default, namespace: demo}", "name: default, namespace: demo}");
    String plain = OTHER.replace("serviceAccount: reviews", "serviceAccount: ''");
    Explanation explanation = explain("ratings", 9080, SERVICE, VM, plain, routes, strict);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT))
        .contains("10.0.0.7:9080: plain text refused")
        .doesNotContain("10.0.0.1");
  }

  @Test
  void hostThatIsNoServiceIsRoutedOnPort80() {
    String routes =
        route("http: [{route: [{destination: {host: reviews, port: {number: 9080}}}]}]");
    String shop = routes.replace("hosts: [ratings]", "hosts: [shop.example.com]");
    String web =
        OTHER.replace(
            "number: 9090, name: tcp, protocol: TCP", "number: 80, name: web, protocol: HTTP");
    Explanation explanation = explain("shop.example.com", 80, web, shop);
    assertThat(explanation.reachable()).as(explanation.toString()).isTrue();
    assertThat(step(explanation, Stage.CLUSTER).chosen().toString())
        .contains("outbound|9080||reviews");
    assertThat(explain("shop.example.com", 9080, web, shop).reachable()).isFalse();
  }

  @Test
  void addressOfABlockIsOfItsService() {
    String block = SERVICE.replace("  location:", "  addresses: [10.9.0.0/16]\n  location:");
    Explanation explanation = explain("10.9.7.7", 9090, block, VM);
    assertThat(explanation.reachable()).as(explanation.toString()).isTrue();
    assertThat(explain("10.8.7.7", 9090, block, VM).reachable()).isFalse();
  }

  @Test
  void connectionsThatAnOlderServiceTakesAreTold() {
    String younger = SERVICE.replace("ratings", "younger");
    Explanation explanation = explain("younger", 9090, SERVICE, VM, younger);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.LISTENER))
        .contains("its connections go to outbound|9090||ratings");
    assertThat(explain("203.0.113.1", 9090, SERVICE, VM).verdict())
        .contains("no such service: its connections go to outbound|9090||ratings");
  }

  @Test
  void conditionsThatAPlainRequestMeetsAreNoObstacle() {
    for (String match :
        List.of(
            "{method: {exact: GET}}",
            "{withoutHeaders: {user: {}}}",
            "{withoutHeaders: {user: {exact: jason}}}",
            "{uri: {regex: '/.*'}}",
            "{scheme: {exact: http}}",
            "{authority: {prefix: ratings}}")) {
      String routes =
          route("http: [{match: [%s], route: [{destination: {host: ratings}}]}]".formatted(match));
      assertThat(explain("ratings", 9080, SERVICE, VM, routes).reachable()).as(match).isTrue();
    }
  }

  @Test
  void conditionsThatAPlainRequestDoesNotMeetAreTold() {
    for (String match :
        List.of(
            "{method: {exact: POST}}",
            "{headers: {user: {}}}",
            "{queryParams: {q: {exact: a}}}",
            "{uri: {regex: '/[0-9]+'}}",
            "{authority: {exact: other}}")) {
      String routes =
          route("http: [{match: [%s], route: [{destination: {host: ratings}}]}]".formatted(match));
      Explanation explanation = explain("ratings", 9080, SERVICE, VM, routes);
      assertThat(explanation.reachable()).as(match).isFalse();
      assertThat(explanation.verdict()).contains("404");
      assertThat(rejected(explanation, Stage.ROUTE)).as(match).contains("only for ");
    }
    String routes =
        route(
            "http: [{match: [{headers: {user: {exact: jason}}}], route: [{destination: {host:"
                + " ratings}}]}]");
    assertThat(rejected(explain("ratings", 9080, SERVICE, VM, routes), Stage.ROUTE))
        .contains("only for user 'jason' -> outbound|9080||ratings");
  }

  @Test
  void faultThatAnswersEveryRequestInGrpcIsTheEnd() {
    String routes =
        route(
            "http: [{fault: {abort: {grpcStatus: UNAVAILABLE, percentage: {value: 100}}}, route:"
                + " [{destination: {host: ratings}}]}]");
    Explanation explanation = explain("ratings", 9080, SERVICE, VM, routes);
    assertThat(explanation.reachable()).isFalse();
    assertThat(explanation.verdict()).contains("every request with gRPC status 14");
  }

  @Test
  void mirrorsAreNamed() {
    String routes =
        route("http: [{route: [{destination: {host: ratings}}], mirror: {host: reviews}}]");
    assertThat(
            step(explain("ratings", 9080, SERVICE, VM, OTHER, routes), Stage.ROUTE)
                .chosen()
                .toString())
        .contains("mirrored to outbound|9080||reviews");
  }

  @Test
  void tlsOfARuleIsNoMutualTls() {
    Explanation explanation =
        explain("ratings", 9080, SERVICE, VM, STRICT, rule("{tls: {mode: SIMPLE}}"));
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT)).contains("TLS of a DestinationRule refused");
    assertThat(
            explain("ratings", 9080, SERVICE, VM, STRICT, rule("{tls: {mode: DISABLE}}"))
                .reachable())
        .isFalse();
    assertThat(
            explain("ratings", 9080, SERVICE, VM, STRICT, rule("{tls: {mode: ISTIO_MUTUAL}}"))
                .reachable())
        .isTrue();
    String disabled = STRICT.replace("STRICT", "DISABLE");
    assertThat(
            rejected(
                explain(
                    "ratings", 9080, SERVICE, VM, disabled, rule("{tls: {mode: ISTIO_MUTUAL}}")),
                Stage.ENDPOINT))
        .contains("mTLS refused");
    assertThat(explain("ratings", 9080, SERVICE, VM, disabled).reachable()).isTrue();
  }

  @Test
  void whatPassesThroughNeedsCapture() {
    String passthrough = rule("{loadBalancer: {simple: PASSTHROUGH}}");
    assertThat(explain("ratings", 9080, SERVICE, VM, passthrough).verdict())
        .contains("the address that the application called");
    Explanation explanation =
        explain(node("demo", "NONE"), "ratings", 9080, SERVICE, VM, passthrough);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT)).contains("which only capture tells");
  }

  @Test
  void shareOfTheRequestsThatHasNoEndpointIsTold() {
    assertThat(explain("ratings", 9080, SERVICE, VM, ROUTE, SUBSETS).verdict())
        .contains("1 endpoint; but none for outbound|9080|v2|ratings", "gets 503");
  }

  @Test
  void spellingOfTheHostDoesNotMatter() {
    for (String host :
        List.of("RATINGS", "ratings.demo.", "Ratings.demo.svc.cluster.local.", "ratings.demo")) {
      assertThat(explain(host, 9080, SERVICE, VM).reachable()).as(host).isTrue();
    }
  }

  @Test
  void callsOfAProgramWithoutAProxyAreFollowed() {
    ProxyNode program =
        ProxyNode.parse(
            Node.newBuilder()
                .setId("sidecar~10.0.0.2~client.demo~demo.svc.cluster.local")
                .setUserAgentName("gRPC Java")
                .build());
    Explanation explanation = explain(program, "ratings", 9080, SERVICE, VM, STRICT);
    assertThat(explanation.reachable()).as(explanation.toString()).isTrue();
    assertThat(explanation.toString()).contains("listener: ratings:9080, calls of a channel");
    assertThat(explain(program, "nobody", 9080, SERVICE, VM).reachable()).isFalse();
  }

  /** A VM that serves nothing is known by its group: also by what the template labels it with. */
  @Test
  void rulesForTheLabelsOfAGroupAreForItsMembers() {
    ProxyNode member =
        ProxyNode.parse(
            Node.newBuilder()
                .setId("sidecar~10.0.0.2~client.demo~demo.svc.cluster.local")
                .setMetadata(Struct.newBuilder().putFields("AUTO_REGISTER_GROUP", text("web")))
                .build());
    String group =
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadGroup
        metadata: {name: web, namespace: demo}
        spec: {template: {labels: {app: web}}}
        """;
    String routes =
        route(
            "http: [{match: [{sourceLabels: {app: web}}], directResponse: {status: 418}}, {route:"
                + " [{destination: {host: ratings}}]}]");
    assertThat(explain(member, "ratings", 9080, SERVICE, VM, group, routes).toString())
        .contains("-> status 418");
  }
}
