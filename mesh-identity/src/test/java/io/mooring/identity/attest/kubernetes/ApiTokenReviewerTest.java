package io.mooring.identity.attest.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.mooring.identity.BadInput;
import io.mooring.identity.attest.AttestationRequest;
import io.mooring.identity.attest.AttestationResult;
import io.mooring.identity.attest.RefusalReason;
import io.mooring.identity.attest.RefusedException;
import io.mooring.identity.attest.Selector;
import io.mooring.identity.attest.http.HttpFetcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against an API server that says what a test wants it to say. */
class ApiTokenReviewerTest {

  private static final String GOOD =
      "{'status':{'authenticated':true,'audiences':['istio-ca'],'user':{"
          + "'username':'system:serviceaccount:demo:ratings','uid':'u1',"
          + "'groups':['system:serviceaccounts','system:authenticated'],"
          + "'extra':{'authentication.kubernetes.io/pod-name':['ratings-1'],"
          + "'authentication.kubernetes.io/pod-uid':['1234']}}}}";

  private final List<JsonNode> questions = new ArrayList<>();
  private final List<String> credentials = new ArrayList<>();
  private String answer = GOOD;
  private int status = 201;
  private HttpServer server;
  private KubernetesAttestor attestor;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/apis/authentication.k8s.io/v1/tokenreviews",
        exchange -> {
          questions.add(new ObjectMapper().readTree(exchange.getRequestBody()));
          credentials.add(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = answer.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    attestor =
        new KubernetesAttestor(
            new ApiTokenReviewer(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                HttpFetcher.ofAnyAddress(HttpClient.newHttpClient()),
                () -> "our-own-token",
                "istio-ca"));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private AttestationResult attest() {
    return attestor.attest(new AttestationRequest("the-vms-token", ""));
  }

  private void assertRefused(RefusalReason reason) {
    RefusedException refusal = catchThrowableOfType(RefusedException.class, this::attest);
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal.toString()).doesNotContain("the-vms-token").doesNotContain("our-own-token");
  }

  @Test
  void reviewTellsTheAccountAndItsPod() {
    AttestationResult result = attest();
    assertThat(result.evidenceId()).isEqualTo("kubernetes:demo/ratings/1234");
    assertThat(result.selectors())
        .extracting(Selector::toString)
        .containsExactly(
            "kubernetes:namespace:demo",
            "kubernetes:pod:ratings-1",
            "kubernetes:pod-uid:1234",
            "kubernetes:service-account:demo/ratings");
    assertThat(credentials).containsExactly("Bearer our-own-token");
    assertThat(questions.get(0).path("kind").asText()).isEqualTo("TokenReview");
    assertThat(questions.get(0).at("/spec/token").asText()).isEqualTo("the-vms-token");
    assertThat(questions.get(0).at("/spec/audiences/0").asText()).isEqualTo("istio-ca");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'authenticated':true|'authenticated':false",
        "'authenticated':true|'authenticated':'yes'",
        "'audiences':['istio-ca'],|",
        "['istio-ca']|['kubernetes.default.svc']",
        "'system:serviceaccounts',|",
        "system:serviceaccount:demo:ratings|system:serviceaccount:demo",
        "system:serviceaccount:demo:ratings|system:serviceaccount:demo:a:b",
        "system:serviceaccount:demo:ratings|system:serviceaccount:de/mo:ratings",
        "system:serviceaccount:demo:ratings|system:serviceaccount::ratings",
        "system:serviceaccount:demo:ratings|kubernetes-admin"
      })
  @BadInput({22, 24, 56})
  void reviewThatSaysAnythingElseIsARefusal(String change) {
    String[] parts = change.split("\\|", -1);
    answer = GOOD.replace(parts[0], parts[1]);
    assertThat(answer).isNotEqualTo(GOOD);
    assertRefused(RefusalReason.INVALID_EVIDENCE);
  }

  /** The API server looks up the pod: a token of a pod that is gone is not authenticated. */
  @Test
  @BadInput(56)
  void tokenOfAStalePodIsRefused() {
    answer = "{'status':{'user':{},'error':'pod uid (1234) does not match'}}";
    assertRefused(RefusalReason.INVALID_EVIDENCE);
  }

  @Test
  @BadInput(52)
  void apiServerThatCannotBeAskedIsARefusalOfNow() {
    status = 500;
    assertRefused(RefusalReason.UNAVAILABLE);
    status = 201;
    answer = "{";
    assertRefused(RefusalReason.UNAVAILABLE);
    server.stop(0);
    assertRefused(RefusalReason.UNAVAILABLE);
  }
}
