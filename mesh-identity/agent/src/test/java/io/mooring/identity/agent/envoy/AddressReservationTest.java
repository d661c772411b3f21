package io.mooring.identity.agent.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class AddressReservationTest {

  private final InetAddress address = loopback();

  @Test
  void secondReservationOfAnAddressIsRefusedUntilTheFirstIsClosed() throws IOException {
    AddressReservation first = AddressReservation.of(Set.of(address), List.of());

    assertThatThrownBy(() -> AddressReservation.of(Set.of(address), List.of()))
        .isInstanceOf(OccupiedAddressException.class)
        .hasMessageContaining(address.getHostAddress());

    first.close();
    AddressReservation.of(Set.of(address), List.of()).close();
  }

  @Test
  void addressesOfTheirOwnDoNotDisturbEachOther() throws IOException {
    try (AddressReservation one = AddressReservation.of(Set.of(address), List.of());
        AddressReservation other = AddressReservation.of(Set.of(loopback()), List.of())) {
      assertThat(one).isNotSameAs(other);
    }
  }

  @Test
  void portOfAListenerThatWouldShareItIsRefused() throws IOException {
    try (ServerSocket listener = new ServerSocket()) {
      listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      listener.bind(new InetSocketAddress(address, 0));
      InetSocketAddress port = new InetSocketAddress(address, listener.getLocalPort());

      assertThatThrownBy(() -> AddressReservation.of(Set.of(address), List.of(port)))
          .isInstanceOf(OccupiedAddressException.class)
          .hasMessageContaining("port " + port.getPort());
    }
    AddressReservation.of(Set.of(address), List.of()).close(); // nothing stayed behind
  }

  @Test
  void addressThatNoInterfaceHasIsLeftOut() throws IOException {
    InetAddress outside = InetAddress.getByName("192.0.2.1"); // RFC 5737

    AddressReservation.of(Set.of(outside), List.of()).close();
  }

  /** An address that no other test of this machine is likely to have. */
  private static InetAddress loopback() {
    try {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      return InetAddress.getByName(
          "127."
              + random.nextInt(64, 128)
              + "."
              + random.nextInt(256)
              + "."
              + random.nextInt(1, 255));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
