package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.xds.resource.XdsType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsModeOfEndpointsTest {

  private static final String SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: web, namespace: demo}
      spec:
        hosts: [web.example.com]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 80, name: http, protocol: HTTP}]
        endpoints: [{address: 10.0.0.7, labels: {%s}}]
      """;

  private static final String MESH_LABEL = "security.istio.io/tlsMode: istio";

  private static final String RULE =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: web, namespace: demo}
      spec:
        host: web.example.com
        trafficPolicy: {tls: {mode: %s}}
        subsets:
        - {name: all}
        - {name: plain, trafficPolicy: {tls: {mode: DISABLE}}}
        - name: port
          trafficPolicy:
            portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}]
      """;

  @Test
  void withoutARuleTheLabelDecides() {
    assertThat(speaksMutualTls("", MESH_LABEL)).isTrue();
    assertThat(speaksMutualTls("", "app: web")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"DISABLE, false", "SIMPLE, false", "ISTIO_MUTUAL, true"})
  void ruleOverrulesTheLabel(String mode, boolean expected) {
    String rule = "---\n" + RULE.formatted(mode);

    assertThat(speaksMutualTls("", MESH_LABEL, rule)).isEqualTo(expected);
    assertThat(speaksMutualTls("all", "app: web", rule)).isEqualTo(expected);
    assertThat(speaksMutualTls("plain", MESH_LABEL, rule)).isFalse();
    assertThat(speaksMutualTls("port", "app: web", rule)).isTrue();
  }

  private static boolean speaksMutualTls(String subset, String label, String... rule) {
    try (TestMesh mesh = TestMesh.of(SERVICE.formatted(label) + String.join("", rule))) {
      return mesh.generator()
          .initial(TestMesh.proxy("demo"))
          .get(XdsType.ENDPOINT, "outbound|80|" + subset + "|web.example.com")
          .orElseThrow()
          .body()
          .toString()
          .contains("tlsMode");
    }
  }
}
