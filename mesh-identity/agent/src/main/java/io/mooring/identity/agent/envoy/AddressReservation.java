package io.mooring.identity.agent.envoy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds this VM's addresses against other agents of the machine (or network namespace) for as long
 * as it is open. Envoy opens its ports with SO_REUSEPORT, so that a second Envoy on one address
 * would start without an error and take half of the connections.
 *
 * <p>Held is port {@value #GUARD_PORT} of each address, bound but not listening: nobody can connect
 * to it. A lock file would do harm where VMs are network namespaces that share one file system.
 */
public final class AddressReservation implements AutoCloseable {

  /** Istio sets this port aside in every workload. */
  static final int GUARD_PORT = 15_002;

  private final List<Socket> guards = new ArrayList<>();

  private AddressReservation() {}

  /**
   * Reserves {@code addresses}, and checks that nobody listens on {@code ports}.
   *
   * @param addresses of this VM; one that no interface has, as behind NAT, is left out
   * @param ports what Envoy will listen on for certain; port 0 is left out
   * @throws OccupiedAddressException if one is taken; names it
   */
  public static AddressReservation of(Set<InetAddress> addresses, List<InetSocketAddress> ports)
      throws IOException {
    AddressReservation reservation = new AddressReservation();
    try {
      for (InetSocketAddress port : ports) {
        requireFree(port);
      }
      Set<String> sorted = new TreeSet<>();
      addresses.forEach(address -> sorted.add(address.getHostAddress()));
      for (String address : sorted) {
        reservation.guard(InetAddress.getByName(address));
      }
      return reservation;
    } catch (IOException e) {
      reservation.close();
      throw e;
    }
  }

  private static void requireFree(InetSocketAddress port) throws IOException {
    if (port.getPort() == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true); // connections of an Envoy that ended just now may linger
      probe.bind(port);
    } catch (BindException e) {
      throw new OccupiedAddressException(
          "address "
              + port.getAddress().getHostAddress()
              + " port "
              + port.getPort()
              + " cannot be used: "
              + e.getMessage()
              + " (expected: a free port; VMs of one machine need a bind address each)",
          e);
    }
  }

  private void guard(InetAddress address) throws IOException {
    if (!isLocal(address)) {
      return;
    }
    Socket guard = new Socket();
    guards.add(guard);
    guard.setReuseAddress(false);
    try {
      guard.bind(new InetSocketAddress(address, GUARD_PORT));
    } catch (BindException e) {
      throw new OccupiedAddressException(
          "address "
              + address.getHostAddress()
              + " is in use by another agent, which holds its port "
              + GUARD_PORT
              + " (expected: VMs of one machine have addresses of their own, e.g. 127.0.0.2)",
          e);
    }
  }

  private static boolean isLocal(InetAddress address) throws IOException {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || NetworkInterface.getByInetAddress(address) != null;
  }

  /** Lets others have the addresses. Idempotent. */
  @Override
  public void close() throws IOException {
    for (Socket guard : guards) {
      guard.close();
    }
  }
}
