package io.mooring.testkit.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestEnvoyTest {

  private static final String BOOTSTRAP =
      """
      node: {id: test, cluster: test}
      admin: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}
      static_resources:
        listeners:
        - name: answer
          address: {socket_address: {address: 127.0.0.1, port_value: 0}}
          filter_chains:
          - filters:
            - name: envoy.filters.network.direct_response
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config
                response: {inline_string: hello}
      """;

  private Path binary;

  @BeforeEach
  void findEnvoy() {
    binary = EnvoyAvailability.orSkip();
  }

  @Test
  void brokenBootstrapFailsWithEnvoysLogAndLeavesNothing() {
    assertThatThrownBy(() -> TestEnvoy.builder(binary).bootstrapJson("{\"nod\": {}}").start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Envoy exited with 1")
        .hasMessageContaining("nod");
  }

  @Test
  void adminPortIsFreeWhateverTheBootstrapSays() {
    try (TestEnvoy one = TestEnvoy.builder(binary).bootstrapJson(BOOTSTRAP).start();
        TestEnvoy other = TestEnvoy.builder(binary).bootstrapJson(BOOTSTRAP).start()) {
      assertThat(one.admin().getPort()).isNotEqualTo(1).isNotEqualTo(other.admin().getPort());
      assertThat(one.isReady()).isTrue();
    }
  }

  @Test
  void listenerOnPortZeroIsFoundByName() {
    try (TestEnvoy envoy = TestEnvoy.builder(binary).bootstrapJson(BOOTSTRAP).start()) {
      assertThat(envoy.listeners()).containsExactly("answer");
      assertThat(envoy.listener("answer"))
          .hasValueSatisfying(it -> assertThat(it.getPort()).isPositive());
      assertThat(envoy.listener("other")).isEmpty();
      assertThat(envoy.stat("listener_manager.total_listeners_active")).isEqualTo(1);
      assertThat(envoy.configDump().path("configs").isEmpty()).isFalse();
    }
  }

  @Test
  void closingEndsTheProcessAndTwiceIsOnce() {
    TestEnvoy envoy = TestEnvoy.builder(binary).bootstrap(Bootstrap.getDefaultInstance()).start();
    ProcessHandle process = ProcessHandle.of(envoy.pid()).orElseThrow();

    envoy.close();
    envoy.close();

    assertThat(process.isAlive()).isFalse();
    assertThat(envoy.isAlive()).isFalse();
  }
}
