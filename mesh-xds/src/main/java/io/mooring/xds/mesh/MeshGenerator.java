package io.mooring.xds.mesh;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.registry.ChangeSet;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshService;
import io.mooring.service.ServiceKey;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.ResourceProvider;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.translate.cluster.ClusterInput;
import io.mooring.xds.translate.endpoint.EndpointInput;
import io.mooring.xds.translate.listener.ListenerConflict;
import io.mooring.xds.translate.listener.OutboundListenerInput;
import io.mooring.xds.translate.route.RouteInput;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes what a sidecar or a proxyless gRPC program gets out of the registry. Thread-safe.
 *
 * <p>Every resource is made by a pure function of an input value and remembered by that value, so
 * that proxies that see the same share the work and the bytes. A change of endpoints alone costs
 * what the named services cost, whatever the size of the mesh.
 */
public final class MeshGenerator implements ResourceProvider<RegistryChange> {

  /** Kinds whose objects reach proxies only through services and endpoints. */
  private static final Set<String> SEEN_THROUGH_SERVICES =
      Set.of("ServiceEntry", "WorkloadEntry", "Service", "Namespace");

  private static final int HEAP_SHARE = 8;
  private static final long MAX_REMEMBERED_BYTES = 128L << 20;

  private static final ResourceSet NOTHING =
      ResourceSet.empty()
          .answering(XdsType.ENDPOINT, Translations::emptyAssignment)
          .answering(XdsType.ROUTE, Translations::emptyRoute);

  private final Supplier<RegistrySnapshot> current;
  private final Translations translations;
  private final ListenerResources listeners;
  private final GrpcResources grpc;
  private final Scopes scopes = new Scopes();
  private final PeerAuthentications peerAuthentications = new PeerAuthentications();

  /**
   * Creates a generator that remembers what fits in an eighth of the heap, at most 128 MiB.
   *
   * @param current returns the newest state of the registry; asked whenever a proxy connects or
   *     changes
   */
  public MeshGenerator(Supplier<RegistrySnapshot> current) {
    this(current, false);
  }

  /**
   * Creates a generator that remembers as much.
   *
   * @param loadReports whether proxyless gRPC clients are told to report their load to the server
   *     that they get their clusters from; Envoy is told by its bootstrap
   */
  public MeshGenerator(Supplier<RegistrySnapshot> current, boolean loadReports) {
    this(
        current,
        loadReports,
        Math.min(Runtime.getRuntime().maxMemory() / HEAP_SHARE, MAX_REMEMBERED_BYTES));
  }

  /**
   * @param budget about how many bytes of resources may be remembered
   */
  MeshGenerator(Supplier<RegistrySnapshot> current, boolean loadReports, long budget) {
    this.current = requireNonNull(current, "current");
    this.translations = new Translations(budget - budget / 4);
    this.listeners = new ListenerResources(budget / 8);
    this.grpc = new GrpcResources(translations, loadReports, budget / 8);
  }

  /** Returns about how many bytes of resources are remembered. */
  long remembered() {
    return translations.weight() + listeners.weight() + grpc.weight();
  }

  @Override
  public ResourceSet initial(ProxyNode node) {
    return generate(proxy(current.get(), node));
  }

  @Override
  public ResourceSet update(ProxyNode node, ResourceSet previous, RegistryChange change) {
    ScopedProxy proxy = proxy(newer(change.snapshot(), current.get()), node);
    if (!isOfEndpointsAlone(change.change())
        || mayAlterRules(proxy, change.change())
        || !isInboundOf(previous, proxy)) {
      return generate(proxy);
    }
    ResourceSet set = previous;
    for (ServiceKey key : change.change().endpoints()) {
      Optional<MeshService> seen =
          proxy.scope().service(key.host()).filter(it -> it.key().equals(key));
      if (seen.isPresent()) {
        if (!isGrpc(proxy) && OutboundListenerInput.isHeadless(seen.get())) {
          return generate(proxy); // each endpoint has a listener of its own
        }
        set = withService(set, proxy, seen.get());
      }
    }
    return set;
  }

  /** A change that waited must not take back what {@link #initial} showed meanwhile. */
  private static RegistrySnapshot newer(RegistrySnapshot one, RegistrySnapshot other) {
    return other.revision() > one.revision() ? other : one;
  }

  /** Returns whether labels of the workload may have changed that decide which rules are for it. */
  private static boolean mayAlterRules(ScopedProxy proxy, ChangeSet change) {
    String namespace = proxy.node().namespace();
    return proxy.scope().hasRulesByLabel()
        && (change.configs().stream().anyMatch(key -> key.namespace().equals(namespace))
            || change.endpoints().stream().anyMatch(key -> key.namespace().equals(namespace)));
  }

  @Override
  public boolean concerns(ProxyNode node, RegistryChange change) {
    return !isOfEndpointsAlone(change.change())
        || change.change().configs().stream().anyMatch(key -> mayBeItself(node, key))
        || change.change().endpoints().stream()
            .anyMatch(key -> concerns(node, change.snapshot(), key));
  }

  private static boolean mayBeItself(ProxyNode node, ConfigKey key) {
    return key.kind().equals("WorkloadEntry") && key.namespace().equals(node.namespace());
  }

  private static boolean concerns(ProxyNode node, RegistrySnapshot snapshot, ServiceKey key) {
    // What a proxy serves itself is of its own namespace, whether it is exported or not.
    return key.namespace().equals(node.namespace())
        || snapshot.service(key).map(service -> service.isVisibleIn(node.namespace())).orElse(true);
  }

  /**
   * Returns the service ports that cannot be offered to a proxy as they are configured, and why.
   */
  public List<ListenerConflict> conflicts(ProxyNode node) {
    ScopedProxy proxy = proxy(current.get(), node);
    return isGrpc(proxy) ? List.of() : listeners.conflicts(ListenerInputs.of(proxy));
  }

  @Override
  public RegistryChange merge(RegistryChange older, RegistryChange newer) {
    return older.merge(newer);
  }

  private static boolean isOfEndpointsAlone(ChangeSet change) {
    return change.services().isEmpty()
        && change.configs().stream().allMatch(key -> SEEN_THROUGH_SERVICES.contains(key.kind()));
  }

  private ScopedProxy proxy(RegistrySnapshot snapshot, ProxyNode node) {
    return ScopedProxy.of(
        scopes.scope(snapshot, node.namespace()), node, peerAuthentications.index(snapshot));
  }

  private static boolean isGrpc(ScopedProxy proxy) {
    return proxy.node().dialect() == ProxyNode.Dialect.GRPC;
  }

  private boolean isInboundOf(ResourceSet set, ScopedProxy proxy) {
    return isGrpc(proxy)
        ? grpc.isInboundOf(set, proxy)
        : listeners.isInboundOf(set, ListenerInputs.inbound(proxy));
  }

  private ResourceSet generate(ScopedProxy proxy) {
    if (isGrpc(proxy)) {
      return grpc.generate(proxy);
    }
    ResourceSet set = NOTHING;
    for (VersionedResource cluster : translations.fixedClusters()) {
      set = set.with(XdsType.CLUSTER, cluster);
    }
    for (MeshService service : proxy.scope().services()) {
      set = withService(set, proxy, service);
    }
    ListenerInputs inputs = ListenerInputs.of(proxy);
    for (RouteInput input : RouteInputs.of(proxy, listeners.routeNames(inputs.outbound()))) {
      set = set.with(XdsType.ROUTE, translations.route(input));
    }
    return listeners.with(set, inputs);
  }

  private ResourceSet withService(ResourceSet from, ScopedProxy proxy, MeshService service) {
    if (isGrpc(proxy)) {
      return grpc.withService(from, proxy, service);
    }
    ServiceInputs inputs = ServiceInputs.of(proxy, service);
    ResourceSet set = from;
    for (ClusterInput input : inputs.clusters()) {
      Optional<VersionedResource> cluster = translations.cluster(input);
      set =
          cluster.isPresent()
              ? set.with(XdsType.CLUSTER, cluster.get())
              : set.without(XdsType.CLUSTER, input.name());
    }
    for (EndpointInput input : inputs.assignments()) {
      set = set.with(XdsType.ENDPOINT, translations.assignment(input));
    }
    return set;
  }
}
