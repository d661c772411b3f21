package io.mooring.testkit.traffic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** 127.0.0.1, whatever the JDK takes for the loopback address. */
final class Localhost {

  private Localhost() {}

  static InetSocketAddress port(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }

  /** Returns a server that accepts connections and never answers. */
  static ServerSocket listen() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(port(0));
    return socket;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = listen()) {
      return socket.getLocalPort();
    }
  }
}
