package io.mooring.xds.mesh;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.translate.cluster.ClusterInput;
import io.mooring.xds.translate.endpoint.EndpointInput;
import io.mooring.xds.translate.endpoint.EndpointInput.Target;
import io.mooring.xds.translate.grpc.ClientClusterInput;
import io.mooring.xds.translate.grpc.ClientClusterInput.DnsTarget;
import io.mooring.xds.translate.grpc.ClientClusters;
import io.mooring.xds.translate.grpc.ClientEndpoints;
import io.mooring.xds.translate.grpc.ClientListeners;
import io.mooring.xds.translate.grpc.ClientRoutes;
import io.mooring.xds.translate.grpc.ServerListenerInput;
import io.mooring.xds.translate.grpc.ServerListeners;
import io.mooring.xds.translate.route.HostDomains;
import io.mooring.xds.translate.route.RouteConfigurations;
import io.mooring.xds.translate.route.RouteInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a proxyless gRPC program gets: a listener for each {@code host:port} that its channels
 * may name and for each port that its servers may open. Thread-safe.
 *
 * <p>Such a program asks by name alone, so that what it does not ask for costs nothing on the wire.
 */
final class GrpcResources {

  /** Node metadata: the certificate provider instance of the program's bootstrap. */
  private static final String PROVIDER_FIELD = "CERTIFICATE_PROVIDER";

  private static final String DEFAULT_PROVIDER = "default"; // Istio's agent names it so
  private static final String NO_PROVIDER = "none";

  private record Channel(String target, String route) {}

  private final Translations shared;
  private final boolean reportsLoad;
  private final Memo<Channel, VersionedResource> listeners;
  private final Memo<RouteInput, VersionedResource> routes;
  private final Memo<ClientClusterInput, List<VersionedResource>> clusters;
  private final Memo<ServerListenerInput, List<VersionedResource>> servers;

  /**
   * @param shared what makes those resources that are the same for Envoy
   * @param reportsLoad whether clients are to report their load
   * @param budget about how many bytes may be remembered, in all
   */
  GrpcResources(Translations shared, boolean reportsLoad, long budget) {
    this.reportsLoad = reportsLoad;
    this.shared = shared;
    long share = budget / 4;
    this.listeners =
        new Memo<>(
            share,
            (input, listener) -> Weights.of(listener),
            input -> resource(ClientListeners.translate(input.target(), input.route())));
    this.routes =
        new Memo<>(
            share,
            (input, route) -> Weights.of(input) + Weights.of(route),
            input ->
                VersionedResource.of(
                    input.name(),
                    ClientRoutes.translate(RouteConfigurations.translate(input), input.name())));
    this.clusters =
        new Memo<>(
            share,
            (input, made) ->
                Weights.elements(input.cluster().peerNames().size()) + Weights.of(made),
            input ->
                ClientClusters.translate(input).stream()
                    .map(cluster -> VersionedResource.of(cluster.getName(), cluster))
                    .toList());
    this.servers =
        new Memo<>(
            share,
            (input, made) -> Weights.of(made),
            input ->
                ServerListeners.translate(input).stream().map(GrpcResources::resource).toList());
  }

  private static VersionedResource resource(Listener listener) {
    return VersionedResource.of(listener.getName(), listener);
  }

  /** Returns about how many bytes are remembered. */
  long weight() {
    return listeners.weight() + routes.weight() + clusters.weight() + servers.weight();
  }

  ResourceSet generate(ScopedProxy proxy) {
    ResourceSet set = ResourceSet.empty();
    for (MeshService service : proxy.scope().services()) {
      set = withService(set, proxy, service);
    }
    SortedMap<String, String> routeByTarget = routeByTarget(proxy);
    for (RouteInput input : RouteInputs.of(proxy, new TreeSet<>(routeByTarget.values()))) {
      set = set.with(XdsType.ROUTE, routes.get(input));
    }
    for (var target : routeByTarget.entrySet()) {
      set =
          set.with(
              XdsType.LISTENER, listeners.get(new Channel(target.getKey(), target.getValue())));
    }
    for (VersionedResource listener : inbound(proxy)) {
      set = set.with(XdsType.LISTENER, listener);
    }
    return set.answering(XdsType.LISTENER, name -> serverListener(proxy, name));
  }

  /**
   * A server blocks until it has its listener. What no service leads to is let in as Envoy lets it
   * pass through, by the PeerAuthentication of its port.
   */
  private @Nullable VersionedResource serverListener(ScopedProxy proxy, String name) {
    return ServerListeners.address(name)
        .flatMap(
            address -> {
              int port = address.getPort();
              boolean mutualTls =
                  proxy.targets().stream()
                          .filter(target -> target.targetPort() == port)
                          .anyMatch(target -> speaksMutualTls(proxy, target))
                      || mode(proxy, port) == Mode.STRICT;
              return servers(proxy, port, List.of(address.getHostString()), mutualTls).stream()
                  .filter(listener -> listener.name().equals(name))
                  .findFirst();
            })
        .orElse(null);
  }

  /** Returns {@code from} with the clusters and endpoints of one service. */
  ResourceSet withService(ResourceSet from, ScopedProxy proxy, MeshService service) {
    ServiceInputs inputs = ServiceInputs.of(proxy, service);
    ResourceSet set = from;
    for (int index = 0; index < inputs.clusters().size(); index++) {
      ClusterInput cluster = inputs.clusters().get(index);
      set = withCluster(set, proxy, cluster, inputs.endpoints().get(index).targets());
    }
    return set;
  }

  /**
   * A cluster without an endpoint that can be called does not exist for the client: its calls fail
   * at once. grpc-java takes a load assignment without endpoints for a mistake, and goes on calling
   * those that it had.
   */
  private ResourceSet withCluster(
      ResourceSet set, ScopedProxy proxy, ClusterInput from, List<Target> targets) {
    List<DnsTarget> resolved = resolved(from, targets);
    List<Target> called = resolved.isEmpty() ? ClientEndpoints.reachable(targets) : targets;
    List<VersionedResource> made =
        resolved.isEmpty() && called.isEmpty()
            ? List.of()
            : clusters.get(
                new ClientClusterInput(
                    from, speakMutualTls(from, called), provider(proxy), reportsLoad, resolved));
    ResourceSet with = withoutParts(set, from.name(), Math.max(0, made.size() - 1));
    if (made.isEmpty()) {
      return with.without(XdsType.CLUSTER, from.name()).without(XdsType.ENDPOINT, from.name());
    }
    with = with.withAll(XdsType.CLUSTER, made);
    return resolved.isEmpty()
        ? with.with(XdsType.ENDPOINT, shared.assignment(new EndpointInput(from.name(), called)))
        : with.without(XdsType.ENDPOINT, from.name());
  }

  /** Returns {@code set} without the parts that a cluster of so many has no longer. */
  private static ResourceSet withoutParts(ResourceSet set, String cluster, int count) {
    ResourceSet without = set;
    int index = count;
    String part = ClientClusters.partName(cluster, index);
    while (without.resources(XdsType.CLUSTER).containsKey(part)) {
      without = without.without(XdsType.CLUSTER, part);
      index++;
      part = ClientClusters.partName(cluster, index);
    }
    return without;
  }

  private static boolean speakMutualTls(ClusterInput cluster, List<Target> targets) {
    return !cluster.service().meshExternal()
        && !targets.isEmpty()
        && targets.stream().allMatch(Target::mutualTls);
  }

  /** Returns whether {@code set} already has the server listeners of the program, and no others. */
  boolean isInboundOf(ResourceSet set, ScopedProxy proxy) {
    SortedMap<String, VersionedResource> present = set.resources(XdsType.LISTENER);
    List<VersionedResource> made = inbound(proxy);
    return made.size() == ServerListeners.names(present).size()
        && made.stream().allMatch(it -> it.equals(present.get(it.name())));
  }

  /** gRPC resolves names, and goes nowhere without being told where. */
  private static List<DnsTarget> resolved(ClusterInput cluster, List<Target> targets) {
    MeshService service = cluster.service();
    if (service.resolution() == Resolution.NONE) {
      return List.of(
          new DnsTarget(
              service.host(), cluster.port().targetPort().orElse(cluster.port().number())));
    }
    if (service.resolution() == Resolution.STATIC) {
      return List.of();
    }
    return targets.stream()
        .map(Target::endpoint)
        .filter(endpoint -> !ClientEndpoints.isIp(endpoint.address()))
        .map(endpoint -> new DnsTarget(endpoint.address(), endpoint.port()))
        .distinct()
        .toList();
  }

  /** Returns the route of each target; another service's own name beats a short name. */
  private static SortedMap<String, String> routeByTarget(ScopedProxy proxy) {
    String dnsDomain = RouteInputs.dnsDomain(proxy);
    SortedMap<String, String> routeByTarget = new TreeMap<>();
    List<MeshService> named =
        proxy.scope().services().stream().filter(it -> !it.host().startsWith("*")).toList();
    for (MeshService service : named) {
      add(routeByTarget, service, service.host());
    }
    for (MeshService service : named) {
      HostDomains.of(service.host(), dnsDomain).forEach(name -> add(routeByTarget, service, name));
    }
    return routeByTarget;
  }

  private static void add(
      SortedMap<String, String> routeByTarget, MeshService service, String name) {
    List<MeshPort> ports =
        service.ports().stream().filter(port -> port.protocol() != Protocol.UDP).toList();
    for (MeshPort port : ports) {
      routeByTarget.putIfAbsent(name + ":" + port.number(), service.host() + ":" + port.number());
    }
    if (ports.size() == 1) {
      routeByTarget.putIfAbsent(name, service.host() + ":" + ports.get(0).number());
    }
  }

  private List<VersionedResource> inbound(ScopedProxy proxy) {
    List<VersionedResource> made = new ArrayList<>();
    TreeMap<Integer, Boolean> mutualTlsByPort = new TreeMap<>();
    for (ServiceTarget target : proxy.targets()) {
      if (target.port().protocol() != Protocol.UDP) {
        mutualTlsByPort.merge(
            target.targetPort(), speaksMutualTls(proxy, target), Boolean::logicalOr);
      }
    }
    mutualTlsByPort.forEach(
        (port, mutualTls) ->
            made.addAll(servers(proxy, port, proxy.node().addresses(), mutualTls)));
    return made;
  }

  private List<VersionedResource> servers(
      ScopedProxy proxy, int port, List<String> addresses, boolean mutualTls) {
    Optional<String> provider = mutualTls ? provider(proxy) : Optional.empty();
    return mutualTls && provider.isEmpty()
        ? List.of()
        : servers.get(
            new ServerListenerInput(
                port, addresses, provider, proxy.scope().settings().trustDomain()));
  }

  /** Returns whether clients of the mesh speak mTLS to a port, so that it must. */
  private static boolean speaksMutualTls(ScopedProxy proxy, ServiceTarget target) {
    return switch (mode(proxy, target.targetPort())) {
      case STRICT -> true;
      case DISABLE -> false;
      case PERMISSIVE, UNSET -> endpoints(proxy, target).anyMatch(MeshEndpoint::speaksMutualTls);
    };
  }

  private static Mode mode(ScopedProxy proxy, int port) {
    return proxy
        .peerAuthentications()
        .effective(proxy.node().namespace(), proxy.labels())
        .mode(port);
  }

  private static Stream<MeshEndpoint> endpoints(ScopedProxy proxy, ServiceTarget target) {
    return proxy.scope().snapshot().endpoints(target.service().key()).stream()
        .filter(endpoint -> endpoint.port() == target.targetPort())
        .filter(endpoint -> endpoint.namespace().equals(proxy.node().namespace()))
        .filter(endpoint -> proxy.node().addresses().contains(endpoint.address()));
  }

  private static Optional<String> provider(ScopedProxy proxy) {
    return Optional.of(proxy.node().text(PROVIDER_FIELD).orElse(DEFAULT_PROVIDER))
        .filter(name -> !name.equals(NO_PROVIDER));
  }
}
