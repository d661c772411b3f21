package io.mooring.identity.agent.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;

/**
 * What a probe connects to. Immutable.
 *
 * @param host DNS name or IP literal
 * @param port TCP port
 * @param captured whether traffic of the VM is captured: connections to its own addresses then come
 *     from {@code 127.0.0.6} or {@code ::6}, which the capture leaves alone, so that the workload
 *     is probed and not its proxy
 */
record ProbeTarget(String host, int port, boolean captured) {

  /** Returns an open connection. */
  Socket connect(Duration timeout) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    Socket socket = new Socket();
    try {
      Optional<InetAddress> source = source(address);
      if (source.isPresent()) {
        socket.bind(new InetSocketAddress(source.get(), 0));
      }
      int millis = Math.toIntExact(timeout.toMillis());
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(address, port), millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException("connection to " + this + ": " + e.getMessage(), e);
    }
  }

  /** Returns where connections to {@code address} must come from; empty if that is all the same. */
  Optional<InetAddress> source(InetAddress address) throws IOException {
    boolean own = address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    if (!captured || !own) {
      return Optional.empty(); // from the source above, another machine would not be reached
    }
    return Optional.of(
        InetAddress.getByName(address.getAddress().length == 4 ? "127.0.0.6" : "::6"));
  }

  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
