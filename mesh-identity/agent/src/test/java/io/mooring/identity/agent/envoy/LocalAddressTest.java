package io.mooring.identity.agent.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class LocalAddressTest {

  @Test
  void unknownHostIsAnError() {
    assertThatThrownBy(
            () -> LocalAddress.reaching(InetAddress.getLoopbackAddress(), "no-such-host.invalid"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-host.invalid");
  }

  @Test
  void bindAddressThatReachesTheHostIsTaken() throws IOException {
    InetAddress bind = InetAddress.getByName("127.0.0.7");

    assertThat(LocalAddress.reaching(bind, "127.0.0.1")).isEqualTo(bind);
  }

  @Test
  void wildcardIsNoAddressOfTheVm() throws IOException {
    assertThat(LocalAddress.reaching(InetAddress.getByName("0.0.0.0"), "127.0.0.1"))
        .isEqualTo(InetAddress.getLoopbackAddress());
  }
}
