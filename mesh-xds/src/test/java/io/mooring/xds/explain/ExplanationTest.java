package io.mooring.xds.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.xds.explain.Step.Stage;
import io.mooring.xds.node.ProxyNode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExplanationTest extends Explained {

  @Test
  void callThatArrivesShowsEveryChoice() {
    Explanation explanation = explain("ratings", 9080, SERVICE, VM);
    assertThat(explanation.reachable()).isTrue();
    assertThat(explanation.steps())
        .extracting(Step::stage)
        .containsExactlyElementsOf(Arrays.asList(Stage.values()));
    assertThat(step(explanation, Stage.ENDPOINT).chosen())
        .singleElement()
        .asString()
        .contains("10.0.0.1:9080", "outbound|9080||ratings.demo.svc.cluster.local", "TLS");
    assertThat(explanation.toString())
        .contains("listener: 0.0.0.0_9080 on 0.0.0.0:9080, HTTP requests")
        .endsWith("reachable: 1 endpoint");
  }

  @Test
  void connectionsHaveNoRoute() {
    Explanation explanation = explain("ratings", 9090, SERVICE, VM);
    assertThat(explanation.reachable()).isTrue();
    assertThat(explanation.steps())
        .extracting(Step::stage)
        .containsExactly(Stage.SERVICE, Stage.LISTENER, Stage.CLUSTER, Stage.ENDPOINT);
  }

  @Test
  void withoutCaptureTheListenerIsOnTheBindAddress() {
    Explanation explanation = explain(node("demo", "NONE"), "ratings", 9080, SERVICE, VM);
    assertThat(explanation.reachable()).isTrue();
    assertThat(step(explanation, Stage.LISTENER).chosen())
        .singleElement()
        .asString()
        .contains("127.0.0.1:9080");
  }

  @Test
  void serviceThatIsNotExportedIsNamed() {
    Explanation explanation =
        explain(
            node("away", "REDIRECT"),
            "ratings.demo.svc.cluster.local",
            9080,
            SERVICE + "  exportTo: ['.']\n",
            VM);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.SERVICE))
        .contains("not exported: it is seen in [.], the proxy is in namespace 'away'");
    assertThat(explanation.verdict()).contains("passes through");
  }

  @Test
  void shortNameOfAnotherNamespaceIsSuggested() {
    Explanation explanation = explain(node("away", "NONE"), "ratings", 9080, SERVICE, VM);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.SERVICE))
        .contains(
            "ratings.demo.svc.cluster.local of namespace 'demo'",
            "'ratings' means ratings.away.svc.cluster.local");
    assertThat(explanation.verdict()).contains("what listens on port 9080 for others answers it");
    assertThat(explain(node("away", "NONE"), "ratings", 9999, SERVICE, VM).verdict())
        .contains("nothing listens");
  }

  @Test
  void sameHostOfTheProxysOwnNamespaceWins() {
    String other = SERVICE.replace("namespace: demo", "namespace: aaa");
    Explanation explanation = explain("ratings", 9080, other, SERVICE, VM);
    assertThat(step(explanation, Stage.SERVICE).chosen())
        .singleElement()
        .asString()
        .contains("namespace 'demo'");
    assertThat(rejected(explanation, Stage.SERVICE))
        .contains("of namespace 'aaa': the same host of namespace 'demo' wins");
  }

  @Test
  void portThatTheServiceLacksIsToldWithThoseItHas() {
    Explanation explanation = explain("ratings", 80, SERVICE, VM);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.SERVICE)).contains("[9080, 9090]");
    assertThat(explanation.verdict()).contains("has no port 80");
  }

  @Test
  void everyWorkloadThatMightHaveAnsweredSaysWhyItDoesNot() {
    String service = SERVICE.replace("labels: {app: ratings}", "labels: {app: ratings, v: '1'}");
    String unhealthy =
        VM.replace("name: vm", "name: sick")
            .replace("app: ratings", "app: ratings, v: '1'")
            .replace(
                "namespace: demo}",
                "namespace: demo, annotations: {proxy.istio.io/health-checks-enabled: 'true'}}");
    String name =
        VM.replace("name: vm", "name: dns")
            .replace("app: ratings", "app: ratings, v: '1'")
            .replace("10.0.0.1", "vm.example.org");
    String away =
        VM.replace("namespace: demo", "namespace: away")
            .replace("app: ratings", "app: ratings, v: '1'");
    Explanation explanation = explain("ratings", 9080, service, VM, unhealthy, name, away);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT))
        .contains("WorkloadEntry/demo/vm at 10.0.0.1: label v is missing (expected: '1')")
        .contains("WorkloadEntry/demo/sick: unhealthy")
        .contains("WorkloadEntry/demo/dns at vm.example.org: its address 'vm.example.org' is no IP")
        .contains("WorkloadEntry/away/vm at 10.0.0.1: it is in namespace 'away'");
    assertThat(explanation.verdict()).contains("no healthy upstream");
  }

  @Test
  void workloadWithoutTheNamedTargetPortIsUnmatched() {
    String service =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: ratings, namespace: demo}
        spec: {selector: {app: ratings}, ports: [{name: http, port: 80, targetPort: web}]}
        """;
    Explanation explanation = explain("ratings", 80, service, VM);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT))
        .contains("port unmatched: it has no port for 80 'http'");
  }

  @Test
  void conditionalRoutesAreToldWithTheirConditionsAndFaults() {
    Explanation explanation = explain("ratings", 9080, SERVICE, VM, ROUTE, SUBSETS);
    assertThat(rejected(explanation, Stage.ROUTE))
        .contains("route 1", "path prefix /x and end-user", "aborts all with 500");
    assertThat(step(explanation, Stage.ROUTE).chosen())
        .singleElement()
        .asString()
        .contains("route 2", "(weight 30)", "(weight 70)");
  }

  @Test
  void endpointWithoutTheLabelsOfTheSubsetIsTold() {
    Explanation explanation = explain("ratings", 9080, SERVICE, VM, ROUTE, SUBSETS);
    assertThat(rejected(explanation, Stage.ENDPOINT))
        .contains(
            "10.0.0.1:9080 for outbound|9080|v2|ratings.demo.svc.cluster.local",
            "lacks the labels {version=v2} of subset 'v2'");
  }

  @Test
  void subsetThatNobodyDefinesHasNoCluster() {
    Explanation explanation = explain("ratings", 9080, SERVICE, VM, ROUTE);
    assertThat(rejected(explanation, Stage.CLUSTER))
        .contains("outbound|9080|v2|ratings.demo.svc.cluster.local: no such cluster");
  }

  @Test
  void plainTextToAWorkloadThatIsStrictIsRefused() {
    String plain = VM.replace("serviceAccount: ratings", "serviceAccount: ''");
    assertThat(explain("ratings", 9080, SERVICE, plain).reachable()).isTrue();
    Explanation explanation = explain("ratings", 9080, SERVICE, plain, STRICT);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT)).contains("10.0.0.1:9080: plain text refused");
  }

  @Test
  void redirectNeedsNoEndpoint() {
    String redirect =
        ROUTE.replaceAll("(?s)  http:.*", "  http: [{redirect: {uri: /elsewhere}}]\n");
    Explanation explanation = explain("ratings", 9080, SERVICE, VM, redirect);
    assertThat(explanation.reachable()).isTrue();
    assertThat(explanation.verdict()).contains("redirect");
  }

  @Test
  void requestThatNoRouteTakesIsA404() {
    String conditional = ROUTE.replaceAll("(?s)  - route:.*", "");
    Explanation explanation = explain("ratings", 9080, SERVICE, VM, conditional);
    assertThat(explanation.reachable()).isFalse();
    assertThat(explanation.verdict()).contains("404");
  }

  @Test
  void virtualIpLeadsToTheListenerOfItsOwn() {
    String service = SERVICE.replace("  location:", "  addresses: [240.0.0.9]\n  location:");
    Explanation explanation = explain("240.0.0.9", 9090, service, VM);
    assertThat(explanation.reachable()).isTrue();
    assertThat(step(explanation, Stage.LISTENER).chosen())
        .singleElement()
        .asString()
        .contains("240.0.0.9:9090");
  }

  @Test
  void serviceWithoutResolutionPassesThrough() {
    String none = SERVICE.replace("STATIC", "NONE").replaceAll("  workloadSelector.*\n", "");
    Explanation explanation = explain("ratings.demo.svc.cluster.local", 9080, none);
    assertThat(explanation.reachable()).isTrue();
    assertThat(explanation.verdict()).contains("the address that the application called");
  }

  private static final String NETWORKS =
      """
      apiVersion: mesh.istio.io/v1alpha1
      kind: MeshNetworks
      metadata: {name: istio, namespace: istio-system}
      spec: {networks: {n2: {gateways: [{address: 192.0.2.1, port: 15443}]}}}
      """;

  private static ProxyNode in(String network) {
    return ProxyNode.parse(
        Node.newBuilder()
            .setId("sidecar~10.0.0.2~client.demo~demo.svc.cluster.local")
            .setMetadata(Struct.newBuilder().putFields("NETWORK", text(network)))
            .build());
  }

  @Test
  void endpointOfAnotherNetworkIsReachedThroughItsGateway() {
    String far = VM.replace("10.0.0.1,", "10.0.0.1, network: n2,");
    Explanation explanation = explain(in("n1"), "ratings", 9080, SERVICE, far, NETWORKS);
    assertThat(explanation.reachable()).isTrue();
    assertThat(step(explanation, Stage.ENDPOINT).chosen())
        .singleElement()
        .asString()
        .contains("192.0.2.1:15443, a gateway for vm at 10.0.0.1:9080", "TLS");
  }

  @Test
  void addressThatMeansAnotherHereIsRefusedWithoutAGateway() {
    String far = VM.replace("10.0.0.1,", "10.0.0.1, network: n2,").replace("name: vm", "name: far");
    String near = VM.replace("10.0.0.1,", "10.0.0.1, network: n1,");
    Explanation explanation = explain(in("n1"), "ratings", 9080, SERVICE, far, near);
    assertThat(step(explanation, Stage.ENDPOINT).chosen()).hasSize(1);
    assertThat(rejected(explanation, Stage.ENDPOINT))
        .contains("wrong network and no gateway: it is in network 'n2'");
  }

  @Test
  void workloadWithoutAnAddressNeedsAGateway() {
    String far = VM.replace("address: 10.0.0.1,", "network: n2,");
    assertThat(explain(in("n1"), "ratings", 9080, SERVICE, far, NETWORKS).reachable()).isTrue();
    Explanation explanation = explain(in("n1"), "ratings", 9080, SERVICE, far);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT))
        .contains("vm for outbound|9080||", "network 'n2' has no gateway");
  }

  @Test
  void gatewayTakesNoPlainText() {
    String far =
        VM.replace("10.0.0.1,", "10.0.0.1, network: n2,").replace(", serviceAccount: ratings", "");
    Explanation explanation = explain(in("n1"), "ratings", 9080, SERVICE, far, NETWORKS);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT)).contains("gateways pass mTLS alone");
  }

  @Test
  void drainingEndpointGetsNoNewRequests() {
    String drains =
        VM.replace(
            "namespace: demo}",
            "namespace: demo, annotations: {mooring.io/admin-state: draining}}");
    Explanation explanation = explain("ratings", 9080, SERVICE, drains);
    assertThat(explanation.reachable()).isFalse();
    assertThat(rejected(explanation, Stage.ENDPOINT)).contains("10.0.0.1:9080: draining");
  }
}
