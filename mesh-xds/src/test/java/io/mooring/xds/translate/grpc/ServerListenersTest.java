package io.mooring.xds.translate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.model.spiffe.TrustDomain;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerListenersTest {

  @Test
  void addressOfEachListenerIsReadFromItsName() {
    for (int port : new int[] {1, 80, 59_999, 60_000, 65_535}) {
      List<Listener> listeners =
          ServerListeners.translate(
              new ServerListenerInput(
                  port,
                  List.of("10.0.0.1", "2001:db8::1"),
                  Optional.empty(),
                  new TrustDomain("td")));
      assertThat(listeners).hasSize(8);
      for (Listener listener : listeners) {
        assertThat(ServerListeners.address(listener.getName()))
            .hasValueSatisfying(
                address -> {
                  assertThat(address.getPort()).isEqualTo(port);
                  assertThat(address.getHostString())
                      .isEqualTo(listener.getAddress().getSocketAddress().getAddress());
                });
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ratings:9080",
        "0.0.0.0:80",
        "xds.istio.io/grpc/lds/inbound/",
        "xds.istio.io/grpc/lds/inbound/0.0.0.0",
        "xds.istio.io/grpc/lds/inbound/0.0.0.0:0",
        "xds.istio.io/grpc/lds/inbound/0.0.0.0:65536",
        "xds.istio.io/grpc/lds/inbound/0.0.0.0:99999999999",
        "xds.istio.io/grpc/lds/inbound/host:80",
        "xds.istio.io/grpc/lds/inbound/::1:80",
        "xds.istio.io/grpc/lds/inbound/[::1]:80/"
      })
  void otherNamesAreNoServers(String name) {
    assertThat(ServerListeners.address(name)).isEmpty();
  }
}
