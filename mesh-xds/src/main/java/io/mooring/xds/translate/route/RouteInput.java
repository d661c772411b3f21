package io.mooring.xds.translate.route;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.ConsistentHashLb;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.HttpRoute;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
   * @param domains the values of the Host header that mean it, without ports; a short name among
   *     them yields to another host of exactly that name
   * @param service where all requests go; absent where a VirtualService decides
   * @param rules what the VirtualService says to this proxy, in order; what none of them takes gets
   *     404
   */
  public record HostInput(
      String host,
      int port,
      List<String> domains,
      Optional<Target> service,
      List<RuleInput> rules) {

    public HostInput {
      domains = List.copyOf(domains);
      rules = List.copyOf(rules);
    }
  }

  /**
   * One rule of a VirtualService, as far as it concerns this proxy.
   *
   * @param source the VirtualService
   * @param route the rule as written
   * @param matches those of its conditions that this proxy and port can meet; empty means any
   *     request
   * @param targets where each destination of the rule leads
   */
  public record RuleInput(
      ConfigKey source,
      HttpRoute route,
      List<HttpMatchRequest> matches,
      Map<Destination, Target> targets) {

    public RuleInput {
      matches = List.copyOf(matches);
      targets = Map.copyOf(targets);
    }

    Target target(Destination destination) {
      Target target = targets.get(destination);
      if (target == null) {
        throw new IllegalArgumentException(
            "destination %s of %s has no target (expected: one of %s)"
                .formatted(destination, source, targets.keySet()));
      }
      return target;
    }
  }

  /**
   * Where a destination leads.
   *
   * @param cluster name of the cluster, which may not exist: then Envoy answers 503
   * @param hash what the choice of the endpoint depends on, if on anything
   */
  public record Target(String cluster, Optional<ConsistentHashLb> hash) {}
}
