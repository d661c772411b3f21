package io.mooring.model.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigObject;
import io.mooring.model.mesh.MeshConfig;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.mesh.Network;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshConfigMapTest {

  private static final String INSTALLED =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: istio
        namespace: istio-system
      data:
        mesh: |-
          accessLogFile: /dev/stdout
          trust_domain: example.org
          defaultConfig:
            discoveryAddress: istiod.istio-system.svc:15012
        meshNetworks: |-
          networks:
            vms:
              endpoints:
              - fromCidr: 10.1.0.0/16
              gateways:
              - address: 192.0.2.1
                port: 15443
        values: '{}'
      """;

  private final ConfigCodec codec = new ConfigCodec();

  @Test
  void eachKeyIsAnObjectOfItsOwn() {
    ParsedConfig config = codec.parse("istio.yaml", INSTALLED);

    assertThat(config.problems())
        .allMatch(problem -> problem.message().startsWith("not applied yet"));
    List<ConfigObject> objects = config.objects().stream().map(LocatedObject::object).toList();
    assertThat(objects)
        .extracting(object -> object.key().toString())
        .containsExactly("MeshConfig/istio-system/istio", "MeshNetworks/istio-system/istio");
    MeshConfig mesh = (MeshConfig) objects.get(0);
    assertThat(mesh.spec().trustDomain()).isEqualTo("example.org");
    assertThat(mesh.spec().defaultConfig().orElseThrow().discoveryAddress())
        .isEqualTo("istiod.istio-system.svc:15012");
    MeshNetworks networks = (MeshNetworks) objects.get(1);
    assertThat(networks.spec().networks())
        .extractingByKey("vms")
        .extracting(Network::gateways)
        .satisfies(
            gateways -> assertThat(gateways).singleElement().matches(g -> g.port() == 15443));
  }

  @Test
  void problemsHaveTheirPlaceInTheFileAndTheirPathInTheConfigMap() {
    ParsedConfig config =
        codec.parse(
            "istio.yaml",
            INSTALLED
                .replace("accessLogFile:", "accessLogFiel:")
                .replace("port: 15443", "port: many"));

    assertThat(config.problems())
        .map(Problem::toString)
        .containsExactly(
            "istio.yaml:8:5: warning: data.mesh.accessLogFiel: unknown field 'accessLogFiel' (did"
                + " you mean 'accessLogFile'?)",
            "istio.yaml:9:19: warning: data.mesh.trustDomain: not applied yet: what the control"
                + " plane was started with counts",
            "istio.yaml:11:7: warning: data.mesh.defaultConfig: not applied yet",
            "istio.yaml:19:17: error: data.meshNetworks.networks.vms.gateways[0].port: 'many' is"
                + " text (expected: a whole number)");
    assertThat(config.objects())
        .extracting(located -> located.object().kind())
        .containsExactly("MeshConfig");
    assertThat(config.problems().get(3).object())
        .hasValueSatisfying(key -> assertThat(key).hasToString("MeshNetworks/istio-system/istio"));
  }

  @Test
  void textThatIsNoBlockIsAtItsBeginning() {
    ParsedConfig config =
        codec.parse(
            "istio.json",
            """
            {"apiVersion": "v1", "kind": "ConfigMap",
             "metadata": {"name": "istio-canary", "namespace": "istio-system"},
             "data": {"mesh": "a: 1\\ntrustDomain: [x]\\n"}}
            """);

    assertThat(config.problems())
        .map(Problem::toString)
        .containsExactly(
            "istio.json:3:19: warning: data.mesh.a: unknown field 'a' (did you mean 'ca'?)",
            "istio.json:3:19: error: data.mesh.trustDomain: a list (expected: text)");
  }

  @Test
  void syntaxErrorsWithinAreInTheFile() {
    ParsedConfig config =
        codec.parse("istio.yaml", INSTALLED.replace("accessLogFile: /dev", "x: [1\n    y: /dev"));

    assertThat(config.problems()).isNotEmpty();
    assertThat(config.problems().get(0).toString())
        .startsWith("istio.yaml:9:6: error: data.mesh: ");
    assertThat(config.objects())
        .extracting(located -> located.object().kind())
        .containsExactly("MeshNetworks");
  }

  @Test
  void emptyTextMeansEveryDefault() {
    ParsedConfig config =
        codec.parse(
            "istio.yaml",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data: {mesh: "", meshNetworks: "networks: {}"}
            """);

    assertThat(config.problems()).isEmpty();
    assertThat(config.objects()).hasSize(2);
  }

  @Test
  void otherConfigMapsAreSomebodyElses() {
    ParsedConfig config =
        codec.parse(
            "other.yaml",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {mesh: "trustDomain: x"}
            """);

    assertThat(config.problems()).singleElement().matches(Problem::unknownKind);
    assertThat(config.objects()).isEmpty();
  }

  @Test
  void aliasesWithinStayWithinTheirBounds() {
    String bomb = "a: &a [1,1,1,1,1,1,1,1,1,1]\n";
    StringBuilder text = new StringBuilder("    " + bomb);
    for (char c = 'b'; c < 'j'; c++) {
      text.append("    ").append(c).append(": &").append(c).append(" [");
      text.append(("*" + (char) (c - 1) + ",").repeat(10)).append("]\n");
    }
    ParsedConfig config =
        codec.parse(
            "bomb.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |\n" + text);

    assertThat(config.problems()).isNotEmpty();
    assertThat(config.problems().get(0).code()).isEqualTo(Problem.Code.LIMIT);
  }
}
