package io.mooring.testkit.envoy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EnvoyValidatorTest {

  private EnvoyValidator validator;

  @BeforeEach
  void findEnvoy() {
    validator = new EnvoyValidator(EnvoyAvailability.orSkip());
  }

  @Test
  void nothingIsValid() {
    assertThatCode(() -> validator.validate(List.of(), List.of(), List.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void unknownFieldOfABootstrapIsRejectedWithEnvoysWords() {
    assertThatThrownBy(() -> validator.validate("{\"statik_resources\": {}}"))
        .isInstanceOf(EnvoyRejectedException.class)
        .hasMessageContaining("statik_resources");
  }

  @Test
  @SuppressWarnings("deprecation") // the point of the test
  void deprecatedFieldIsRejected() {
    Cluster cluster =
        Cluster.newBuilder()
            .setName("old")
            .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance())
            .build();

    assertThatThrownBy(() -> validator.validate(List.of(), List.of(cluster), List.of()))
        .isInstanceOf(EnvoyRejectedException.class)
        .hasMessageContaining("http2_protocol_options");
  }

  @Test
  void brokenRouteIsRejected() {
    RouteConfiguration route =
        RouteConfiguration.newBuilder()
            .setName("80")
            .addVirtualHosts(VirtualHost.newBuilder().setName("a").addDomains("x"))
            .addVirtualHosts(VirtualHost.newBuilder().setName("b").addDomains("x"))
            .build();

    assertThatThrownBy(() -> validator.validate(List.of(), List.of(), List.of(route)))
        .isInstanceOf(EnvoyRejectedException.class)
        .hasMessageContaining("unique");
  }
}
