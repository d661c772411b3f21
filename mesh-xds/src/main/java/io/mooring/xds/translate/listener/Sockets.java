package io.mooring.xds.translate.listener;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.List;
import java.util.Optional;

/** Spells addresses as Envoy wants them. */
final class Sockets {

  private Sockets() {}

  static Address address(String ip, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(ip).setPortValue(port))
        .build();
  }

  /** Puts {@code listener} on every one of {@code ips}, the first being the primary one. */
  static void bind(Listener.Builder listener, List<String> ips, int port) {
    listener.setAddress(address(ips.get(0), port));
    for (String ip : ips.subList(1, ips.size())) {
      listener.addAdditionalAddresses(AdditionalAddress.newBuilder().setAddress(address(ip, port)));
    }
  }

  /** Returns {@code ip_port}, with brackets around an IPv6 address. */
  static String name(String ip, int port) {
    return (ListenerAddressing.isIpv6(ip) ? "[" + ip + "]" : ip) + "_" + port;
  }

  static boolean isBlock(String address) {
    return address.indexOf('/') >= 0;
  }

  /** Returns the block that {@code text}, an IP or {@code IP/length}, spells; absent if none. */
  static Optional<CidrRange> block(String text) {
    int slash = text.indexOf('/');
    String ip = slash < 0 ? text : text.substring(0, slash);
    int bits = ListenerAddressing.isIpv6(ip) ? 128 : 32;
    try {
      int length = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
      return length < 0 || length > bits
          ? Optional.empty()
          : Optional.of(
              CidrRange.newBuilder()
                  .setAddressPrefix(ip)
                  .setPrefixLen(UInt32Value.of(length))
                  .build());
    } catch (NumberFormatException e) {
      return Optional.empty(); // reported by validation; its neighbours still work
    }
  }
}
