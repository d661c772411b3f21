package io.mooring.identity.agent.envoy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;

/** Finds the address of this VM that reaches another host, by asking the kernel for the route. */
public final class LocalAddress {

  private LocalAddress() {}

  /**
   * Returns {@code preferred} if packets from it reach {@code host}, else the address that the
   * kernel would send from. Nothing is sent.
   *
   * <p>So VMs of one machine that have bind addresses of their own also get addresses of their own.
   *
   * @param preferred an address of this VM
   * @param host DNS name or IP literal
   * @throws IOException if the name is unknown or there is no route
   */
  public static InetAddress reaching(InetAddress preferred, String host) throws IOException {
    InetAddress target = InetAddress.getByName(host);
    if (target.isLoopbackAddress() == preferred.isLoopbackAddress()
        && !preferred.isAnyLocalAddress()) {
      try {
        return towards(target, preferred);
      } catch (SocketException e) {
        return towards(target, anyOf(target)); // no route from the preferred one
      }
    }
    return towards(target, anyOf(target));
  }

  private static InetAddress towards(InetAddress target, InetAddress from) throws IOException {
    try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(from, 0))) {
      probe.connect(new InetSocketAddress(target, 9)); // RFC 863, discard: UDP connects to nobody
      return probe.getLocalAddress();
    }
  }

  private static InetAddress anyOf(InetAddress target) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[target.getAddress().length]);
  }
}
