package io.mooring.xds.translate.endpoint;

import io.mooring.model.Locality;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.Networks;
import io.mooring.service.Networks.Gateway;
import io.mooring.xds.translate.endpoint.EndpointInput.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a proxy of one network reaches endpoints of all: at their own address, or through the
 * gateways of their network. Immutable, pure.
 *
 * <p>As in Istio, an endpoint of another network that has no gateway is called at its own address:
 * VMs are mostly reachable so. Unlike there, not where an endpoint of the proxy's own network has
 * the same address: the call would end at the wrong one.
 *
 * @param networks the networks of the mesh
 * @param network that of the proxy; empty where it is in none that has a name
 */
public record SplitHorizon(Networks networks, String network) {

  /** Sums of the weights of 2^19 endpoints, each of 32 bits, are far from overflow with it. */
  private static final long MAX_SCALE = 4096;

  /** One entrance, as the endpoints of one locality use it. */
  private record Entrance(Locality locality, Gateway gateway) implements Comparable<Entrance> {
    @Override
    public int compareTo(Entrance other) {
      int byLocality = locality.compareTo(other.locality);
      return byLocality != 0 ? byLocality : gateway.compareTo(other.gateway);
    }
  }

  /** Returns where the proxy sends what is for {@code targets}; gateways once a locality. */
  public List<Target> see(List<Target> targets) {
    if (networks.gatewaysByNetwork().isEmpty() && targets.stream().allMatch(this::isNear)) {
      return targets;
    }
    Set<String> nearSockets = nearSockets(targets);
    long scale = scale();
    List<Target> seen = new ArrayList<>();
    SortedMap<Entrance, Target> byEntrance = new TreeMap<>();
    for (Target target : targets) {
      MeshEndpoint endpoint = target.endpoint();
      long weight = endpoint.weight() * scale;
      if (rejection(target, nearSockets).isPresent()) {
        continue;
      }
      if (needsGateway(endpoint)) {
        List<Gateway> gateways = networks.gateways(endpoint.network());
        for (Gateway gateway : gateways) {
          byEntrance.merge(
              new Entrance(endpoint.locality(), gateway),
              through(gateway, endpoint, Math.max(1, weight / gateways.size())),
              (one, other) -> weighted(one, one.endpoint().weight() + other.endpoint().weight()));
        }
      } else {
        seen.add(weighted(target, weight));
      }
    }
    seen.addAll(byEntrance.values());
    return seen;
  }

  /**
   * Returns why the proxy does not call an endpoint; empty if it does, itself or through a gateway.
   *
   * @param among all that might be called instead
   */
  public Optional<String> rejection(Target target, List<Target> among) {
    return rejection(target, nearSockets(among));
  }

  /** Returns whether calls of the endpoint go through a gateway. */
  public boolean needsGateway(MeshEndpoint endpoint) {
    boolean elsewhere = !endpoint.network().isEmpty() && !endpoint.network().equals(network);
    return elsewhere && !networks.gateways(endpoint.network()).isEmpty();
  }

  private Optional<String> rejection(Target target, Set<String> nearSockets) {
    MeshEndpoint endpoint = target.endpoint();
    if (needsGateway(endpoint)) {
      if (!target.mutualTls()) {
        return Optional.of(
            "it is in network '%s', whose gateways pass mTLS alone, and it is called without"
                .formatted(endpoint.network()));
      }
      return endpoint.draining() ? Optional.of("draining, behind a gateway") : Optional.empty();
    }
    if (endpoint.address().isEmpty()) {
      return Optional.of(
          endpoint.network().equals(network)
              ? "it has no address, and the proxy is in its network '%s'".formatted(network)
              : "wrong network and no gateway: it has no address, and network '%s' has no gateway"
                  .formatted(endpoint.network()));
    }
    if (!isNear(target) && nearSockets.contains(socket(endpoint))) {
      return Optional.of(
          "wrong network and no gateway: it is in network '%s', and in '%s', where the proxy is,"
                  .formatted(endpoint.network(), network)
              + " another has its address "
              + endpoint.address());
    }
    return Optional.empty();
  }

  /** Returns whether an address means the same to the proxy as to the endpoint. */
  private boolean isNear(Target target) {
    return target.endpoint().isOnNetworkOf(network) && !target.endpoint().address().isEmpty();
  }

  private Set<String> nearSockets(List<Target> targets) {
    Set<String> sockets = new HashSet<>();
    for (Target target : targets) {
      if (isNear(target)) {
        sockets.add(socket(target.endpoint()));
      }
    }
    return sockets;
  }

  private static String socket(MeshEndpoint endpoint) {
    return endpoint.address() + " " + endpoint.port();
  }

  /**
   * Weights are whole numbers: multiplied by this they can be split over any network's gateways.
   * With many different numbers of gateways the shares are off by less than a part in {@value
   * #MAX_SCALE}.
   */
  private long scale() {
    long scale = 1;
    for (List<Gateway> gateways : networks.gatewaysByNetwork().values()) {
      long common = scale / gcd(scale, gateways.size()) * gateways.size();
      if (common > MAX_SCALE) {
        return MAX_SCALE;
      }
      scale = common;
    }
    return scale;
  }

  private static long gcd(long one, long other) {
    return other == 0 ? one : gcd(other, one % other);
  }

  private static Target weighted(Target target, long weight) {
    return weight == target.endpoint().weight()
        ? target
        : new Target(
            MeshEndpoint.builder().from(target.endpoint()).weight(weight).build(),
            target.mutualTls());
  }

  /** The gateway passes the connection on by its SNI: who answers is not decided here. */
  private static Target through(Gateway gateway, MeshEndpoint behind, long weight) {
    return new Target(
        MeshEndpoint.builder()
            .address(gateway.address())
            .port(gateway.port())
            .servicePortName(behind.servicePortName())
            .servicePort(behind.servicePort())
            .locality(behind.locality())
            .weight(weight)
            .tlsMode("istio")
            .network(behind.network())
            .namespace("")
            .workloadName("gateway-of-" + behind.network())
            .build(),
        true);
  }
}
