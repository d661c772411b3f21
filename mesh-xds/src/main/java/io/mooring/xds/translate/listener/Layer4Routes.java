package io.mooring.xds.translate.listener;

import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.L4MatchAttributes;
import io.mooring.model.networking.PortSelector;
import io.mooring.model.networking.RouteDestination;
import io.mooring.model.networking.TcpRoute;
import io.mooring.model.networking.TlsMatchAttributes;
import io.mooring.model.networking.TlsRoute;
import io.mooring.model.networking.VirtualService;
import io.mooring.service.HostNames;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.node.VirtualServiceIndex;
import io.mooring.xds.translate.cluster.ClusterName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides where connections to a port go: where the {@code tcp} and {@code tls} routes of a
 * VirtualService say, else to the service itself. Immutable.
 */
final class Layer4Routes {

  private static final String MESH = "mesh";

  private final OutboundListenerInput input;
  private final VirtualServiceIndex virtualServices;
  private final Map<String, MeshService> servicesByHost = new HashMap<>();

  Layer4Routes(OutboundListenerInput input) {
    this.input = input;
    this.virtualServices =
        VirtualServiceIndex.of(input.layer4().virtualServices(), input.layer4().clusterDomain());
    if (!input.layer4().virtualServices().isEmpty()) {
      input.services().forEach(service -> servicesByHost.putIfAbsent(service.host(), service));
    }
  }

  /**
   * Returns the chains of one port, the most specific match first.
   *
   * @param blocks the CIDR blocks of the service where its listener is a wildcard; empty matches
   *     every address
   * @param shared whether other services are behind the same address
   */
  List<Layer4Chain> chains(
      MeshService service, MeshPort port, List<String> blocks, boolean shared) {
    Optional<VirtualService> routes = virtualServices.find(service.host());
    String ownCluster = ClusterName.outbound(port.number(), "", service.host());
    SortedMap<String, Integer> own = new TreeMap<>(Map.of(ownCluster, 1));
    if (port.protocol().isTls()) {
      List<Layer4Chain> chains = new ArrayList<>();
      routes.ifPresent(it -> addTls(chains, it, port, blocks, ownCluster));
      if (chains.isEmpty()) {
        List<String> names = new ArrayList<>();
        if (shared) {
          names.add(service.host());
          service.aliases().forEach(alias -> names.add(alias.host()));
        }
        chains.add(chain(match(blocks, names), own, ownCluster));
      }
      return chains;
    }
    List<Layer4Chain> chains = new ArrayList<>();
    boolean complete = routes.map(it -> addTcp(chains, it, port, blocks, ownCluster)).orElse(false);
    if (!complete) {
      addNew(chains, chain(match(blocks, List.of()), own, ownCluster));
    }
    return chains;
  }

  private void addTls(
      List<Layer4Chain> chains,
      VirtualService routes,
      MeshPort port,
      List<String> blocks,
      String ownCluster) {
    for (TlsRoute route : routes.spec().tls()) {
      for (TlsMatchAttributes match : route.match()) {
        if (applies(
            routes,
            port,
            match.port(),
            match.gateways(),
            match.sourceNamespace(),
            match.sourceLabels())) {
          List<String> subnets =
              match.destinationSubnets().isEmpty() ? blocks : match.destinationSubnets();
          addNew(
              chains,
              chain(
                  match(subnets, match.sniHosts()),
                  clusters(route.route(), routes, port),
                  ownCluster));
        }
      }
    }
  }

  /** Returns whether the routes leave nothing to the service itself. */
  private boolean addTcp(
      List<Layer4Chain> chains,
      VirtualService routes,
      MeshPort port,
      List<String> blocks,
      String ownCluster) {
    for (TcpRoute route : routes.spec().tcp()) {
      SortedMap<String, Integer> clusters = clusters(route.route(), routes, port);
      if (route.match().isEmpty()) {
        addNew(chains, chain(match(blocks, List.of()), clusters, ownCluster));
        return true;
      }
      for (L4MatchAttributes match : route.match()) {
        if (!applies(
            routes,
            port,
            match.port(),
            match.gateways(),
            match.sourceNamespace(),
            match.sourceLabels())) {
          continue;
        }
        boolean everywhere = match.destinationSubnets().isEmpty();
        List<String> subnets = everywhere ? blocks : match.destinationSubnets();
        addNew(chains, chain(match(subnets, List.of()), clusters, ownCluster));
        if (everywhere) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether a match holds for this proxy, as far as that is known beforehand. */
  private boolean applies(
      VirtualService routes,
      MeshPort port,
      OptionalInt onlyPort,
      List<String> gateways,
      String sourceNamespace,
      Map<String, String> sourceLabels) {
    if (onlyPort.isPresent() && onlyPort.getAsInt() != port.number()) {
      return false;
    }
    List<String> bound = gateways.isEmpty() ? routes.spec().gateways() : gateways;
    if (!bound.isEmpty() && !bound.contains(MESH)) {
      return false;
    }
    return (sourceNamespace.isEmpty() || sourceNamespace.equals(input.layer4().namespace()))
        && input.layer4().labels().entrySet().containsAll(sourceLabels.entrySet());
  }

  private SortedMap<String, Integer> clusters(
      List<RouteDestination> destinations, VirtualService routes, MeshPort port) {
    SortedMap<String, Integer> weightByCluster = new TreeMap<>();
    for (RouteDestination destination : destinations) {
      int weight = destinations.size() == 1 ? 1 : destination.weight();
      if (weight > 0) {
        weightByCluster.merge(
            cluster(destination.destination(), routes, port), weight, Integer::sum);
      }
    }
    if (weightByCluster.isEmpty()) {
      weightByCluster.put(ClusterName.BLACK_HOLE, 1);
    }
    return weightByCluster;
  }

  private String cluster(Destination destination, VirtualService routes, MeshPort port) {
    String host =
        HostNames.complete(
            destination.host(), routes.metadata().namespace(), input.layer4().clusterDomain());
    int number =
        destination.port().map(PortSelector::number).orElseGet(() -> onlyPort(host, port.number()));
    return ClusterName.outbound(number, destination.subset(), host);
  }

  private int onlyPort(String host, int otherwise) {
    return Optional.ofNullable(servicesByHost.get(host))
        .map(MeshService::ports)
        .filter(ports -> ports.size() == 1)
        .map(ports -> ports.get(0).number())
        .orElse(otherwise);
  }

  /**
   * Returns a chain with the policy of the one cluster that it leads to; of several, with that of
   * the service that is called.
   */
  private Layer4Chain chain(
      FilterChainMatch match, SortedMap<String, Integer> weightByCluster, String ownCluster) {
    String decisive = weightByCluster.size() == 1 ? weightByCluster.firstKey() : ownCluster;
    return new Layer4Chain(
        match, weightByCluster, input.tcpPolicies().getOrDefault(decisive, TcpPolicy.NONE));
  }

  private static void addNew(List<Layer4Chain> chains, Layer4Chain chain) {
    if (chains.stream().noneMatch(older -> older.match().equals(chain.match()))) {
      chains.add(chain);
    }
  }

  private static FilterChainMatch match(List<String> blocks, List<String> serverNames) {
    FilterChainMatch.Builder match = FilterChainMatch.newBuilder();
    blocks.forEach(block -> Sockets.block(block).ifPresent(match::addPrefixRanges));
    // "*" is no server name to Envoy; it means any.
    serverNames.stream().filter(name -> !name.equals("*")).forEach(match::addServerNames);
    return match.build();
  }
}
