package io.mooring.identity.bootstrap;

import static java.util.Objects.requireNonNull;

import io.mooring.model.spiffe.SpiffeId;
import java.util.regex.Pattern;

/**
 * Where a VM finds its control plane, and how it knows it. Immutable.
 *
 * @param host DNS name or IP literal, IPv6 without brackets; a SAN of the server's certificate
 * @param port TCP port, 1..65535
 * @param id the server's identity; no other server is trusted
 */
public record ControlPlane(String host, int port, SpiffeId id) {

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:-]{1,255}");

  /**
   * Checks host and port.
   *
   * @throws IllegalArgumentException if the host has characters that no name or IP has, or the port
   *     is out of range
   */
  public ControlPlane {
    requireNonNull(id, "id");
    if (!HOST.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "control plane host '" + host + "' (expected: a DNS name or an IP address)");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("control plane port " + port + " (expected: 1..65535)");
    }
  }

  /** Returns {@code host:port}, an IPv6 host in brackets. */
  public String authority() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
