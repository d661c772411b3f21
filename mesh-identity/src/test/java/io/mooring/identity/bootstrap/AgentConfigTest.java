package io.mooring.identity.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.networking.ReadinessProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentConfigTest {

  private static final String GOOD = Bundles.ratings().build().agentConfig().toJson();

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{}", "7"})
  void whatIsNoConfigurationIsRefused(String json) {
    assertThatThrownBy(() -> AgentConfig.parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("agent.json");
  }

  @ParameterizedTest
  @CsvSource({
    "namespace, demo, ''",
    "version, 1, 2",
    "capture, none, maybe",
    "port, 15012, 0",
    "port, 15012, 1.5",
    "adminPort, 15000, 99999999999",
    "identity, spiffe://td/ns/demo/sa/bookinfo-ratings, http://td/",
  })
  void wrongFieldIsNamed(String field, String good, String bad) {
    String json =
        GOOD.replace(" " + good, " " + bad).replace("\"" + good + "\"", "\"" + bad + "\"");
    assertThat(json).as(field).isNotEqualTo(GOOD);
    assertThatThrownBy(() -> AgentConfig.parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(bad);
  }

  @Test
  void everyMissingFieldIsNamed() {
    for (String field :
        new String[] {"version", "namespace", "group", "identity", "host", "bindAddress", "id"}) {
      String json = GOOD.replace("\"" + field + "\"", "\"other-" + field + "\"");
      assertThatThrownBy(() -> AgentConfig.parse(json))
          .as(field)
          .hasMessageContaining("'" + field + "'");
    }
  }

  @Test
  void wrongFieldOfAProbeIsNamed() {
    String json = GOOD.replaceFirst("\\{", "{\"probe\": {\"tcpSocket\": {\"prot\": 1}},");
    assertThatThrownBy(() -> AgentConfig.parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("agent.json, field 'probe'")
        .hasMessageContaining("prot");
  }

  @Test
  void fieldsOfLaterVersionsAreIgnored() {
    String json = GOOD.replaceFirst("\\{", "{\"new\": [1],");
    assertThat(AgentConfig.parse(json)).isEqualTo(AgentConfig.parse(GOOD));
  }

  @Test
  void parseUndoesPrint() {
    AgentConfig without = Bundles.ratings().build().agentConfig();
    AgentConfig with =
        Bundles.ratings()
            .address("fd00::1")
            .bindAddress("127.0.0.2")
            .adminPort(0)
            .capture(CaptureMode.TRANSPARENT)
            .probe(
                ReadinessProbe.builder()
                    .httpGet(
                        ReadinessProbe.HttpGet.builder()
                            .port(8080)
                            .path("/ready")
                            .addHttpHeaders(
                                ReadinessProbe.Header.builder().name("x").value("y").build())
                            .build())
                    .failureThreshold(7)
                    .build())
            .build()
            .agentConfig();
    assertThat(AgentConfig.parse(without.toJson())).isEqualTo(without);
    assertThat(AgentConfig.parse(with.toJson())).isEqualTo(with);
  }
}
