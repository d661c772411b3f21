package io.mooring.xds.translate.route;

import java.util.List;

/**
 * All that one route configuration is made of; equal inputs give equal configurations. Immutable.
 *
 * @param name {@code port} for a listener that all services of a port share, {@code host:port} for
 *     one of a single service
 * @param hosts the hosts in the order of precedence: of two that claim one domain the first gets it
 * @param catchAll whether requests to any other host pass through to where they were going
 */
public record RouteInput(String name, List<HostInput> hosts, boolean catchAll) {

  public RouteInput {
    hosts = List.copyOf(hosts);
  }

  /**
   * One virtual host.
   *
   * @param host its DNS name
   * @param port the port that clients address
   * @param domains the values of the Host header that mean it, without ports; the first is the
   *     name, the others may be claimed by a later host whose name they are
   */
  public record HostInput(String host, int port, List<String> domains) {

    public HostInput {
      domains = List.copyOf(domains);
    }
  }
}
