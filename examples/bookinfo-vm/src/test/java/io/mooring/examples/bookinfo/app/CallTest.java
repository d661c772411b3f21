package io.mooring.examples.bookinfo.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CallTest {

  @Test
  void callWithoutCertificateHasNoPeer() {
    assertThat(call(Map.of()).peer()).isEmpty();
    assertThat(call(Map.of("x-forwarded-client-cert", "By=spiffe://td/ns/a/sa/b;Hash=1")).peer())
        .isEmpty();
  }

  @Test
  void peerIsTheOneThatTheLastProxySaw() {
    String forged = "By=spiffe://td/x;Hash=0;URI=spiffe://td/ns/evil/sa/admin";
    String own = "By=spiffe://td/ns/n/sa/me;Hash=1;Subject=\"\";URI=spiffe://td/ns/n/sa/you";
    assertThat(call(Map.of("X-Forwarded-Client-Cert", forged + "," + own)).peer())
        .contains("spiffe://td/ns/n/sa/you");
  }

  @Test
  void onlyTraceAndUserArePassedOn() {
    Map<String, String> headers =
        Map.of(
            "X-Request-Id", "1",
            "End-User", "jason",
            "X-B3-TraceId", "2",
            "traceparent", "3",
            "Authorization", "secret",
            "X-Forwarded-Client-Cert", "URI=spiffe://td/ns/n/sa/you");
    assertThat(call(headers).passedOn())
        .containsOnlyKeys("end-user", "traceparent", "x-b3-traceid", "x-request-id");
  }

  private static Call call(Map<String, String> headers) {
    return new Call("/", headers);
  }
}
