package io.mooring.testkit.traffic;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A connection as a proxy's listeners see it. Immutable.
 *
 * @param direction who connects
 * @param address IP address that the client meant, e.g. the service's VIP under capture, or the
 *     bind address without it
 * @param port port that the client meant, 1..65535
 * @param transportProtocol {@code raw_buffer} or {@code tls}
 * @param serverName SNI in lower case; empty without TLS
 * @param applicationProtocols ALPN in the client's order, or what an HTTP inspector would see in
 *     plain text, e.g. {@code http/1.1}
 */
public record TrafficConnection(
    Direction direction,
    String address,
    int port,
    String transportProtocol,
    String serverName,
    List<String> applicationProtocols) {

  /** Who connects to the proxy. */
  public enum Direction {
    /** The application beside it. */
    OUTBOUND,
    /** Somebody else, to reach that application. */
    INBOUND
  }

  /** Checks the port and copies the list. */
  public TrafficConnection {
    requireNonNull(direction, "direction");
    requireNonNull(address, "address");
    requireNonNull(transportProtocol, "transportProtocol");
    requireNonNull(serverName, "serverName");
    applicationProtocols = List.copyOf(applicationProtocols);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
  }

  /** Returns a plain-text HTTP/1.1 connection of the application to {@code address:port}. */
  public static TrafficConnection outbound(String address, int port) {
    return new TrafficConnection(
        Direction.OUTBOUND, address, port, "raw_buffer", "", List.of("http/1.1"));
  }

  /** Returns a plain-text HTTP/1.1 connection from elsewhere to {@code address:port}. */
  public static TrafficConnection inbound(String address, int port) {
    return new TrafficConnection(
        Direction.INBOUND, address, port, "raw_buffer", "", List.of("http/1.1"));
  }

  /** Returns this connection with TLS. */
  public TrafficConnection withTls(String sni, List<String> alpn) {
    return new TrafficConnection(direction, address, port, "tls", sni, alpn);
  }
}
