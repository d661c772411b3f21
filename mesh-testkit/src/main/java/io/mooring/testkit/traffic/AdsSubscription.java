package io.mooring.testkit.traffic;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ADS client of {@link InProcessProxy}: delta, the subscriptions that an Envoy makes, resumed
 * after a broken stream. Its state is confined to one daemon thread.
 */
final class AdsSubscription implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AdsSubscription.class);
  private static final long FIRST_BACKOFF_MILLIS = 100;
  private static final long MAX_BACKOFF_MILLIS = 1_000;

  /** The order in which Envoy subscribes. */
  private static final List<XdsType> TYPES =
      List.of(XdsType.CLUSTER, XdsType.ENDPOINT, XdsType.LISTENER, XdsType.ROUTE);

  private final Channel channel;
  private final Node node;
  private final Consumer<ResourceSet> sink;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread daemon = new Thread(task, "mooring-testkit-ads-1");
            daemon.setDaemon(true);
            return daemon;
          });

  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private final Map<XdsType, Set<String>> subscribedByType = new TreeMap<>();

  /** What the control plane calls them; forgotten with them. */
  private final Map<VersionedResource, String> versionByResource = new WeakHashMap<>();

  private ResourceSet resources = ResourceSet.empty();
  private boolean hasListeners;
  private long backoffMillis = FIRST_BACKOFF_MILLIS;
  private @Nullable StreamObserver<DeltaDiscoveryRequest> requests;

  private AdsSubscription(Channel channel, Node node, Consumer<ResourceSet> sink) {
    this.channel = channel;
    this.node = node;
    this.sink = sink;
  }

  /**
   * Opens a stream and keeps one open until it is closed.
   *
   * @param sink gets the resources whenever all that they name is there; what it throws is sent to
   *     the control plane as a NACK
   */
  static AdsSubscription open(Channel channel, Node node, Consumer<ResourceSet> sink) {
    AdsSubscription subscription = new AdsSubscription(channel, node, sink);
    subscription.submit(subscription::connect, 0);
    return subscription;
  }

  private void connect() {
    subscribedByType.clear();
    Responses responses = new Responses();
    context.run(
        () ->
            requests =
                AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .deltaAggregatedResources(responses));
    send(DeltaDiscoveryRequest.newBuilder().setNode(node), XdsType.CLUSTER);
    subscribe(XdsType.ENDPOINT, endpointNames());
    send(DeltaDiscoveryRequest.newBuilder(), XdsType.LISTENER);
    subscribe(XdsType.ROUTE, routeNames());
  }

  /** Sends the first request of a wildcard type, with what an earlier stream brought. */
  private void send(DeltaDiscoveryRequest.Builder request, XdsType type) {
    subscribedByType.put(type, new TreeSet<>());
    send(request.setTypeUrl(type.typeUrl()).putAllInitialResourceVersions(versions(type)));
  }

  private void send(DeltaDiscoveryRequest.Builder request) {
    if (requests != null) {
      requests.onNext(request.build());
    }
  }

  private Map<String, String> versions(XdsType type) {
    Map<String, String> versions = new TreeMap<>();
    resources
        .resources(type)
        .forEach((name, held) -> versions.put(name, versionByResource.getOrDefault(held, "")));
    return versions;
  }

  private void subscribe(XdsType type, Set<String> names) {
    Set<String> before = subscribedByType.getOrDefault(type, Set.of());
    Set<String> added = new TreeSet<>(names);
    added.removeAll(before);
    Set<String> gone = new TreeSet<>(before);
    gone.removeAll(names);
    if (added.isEmpty() && gone.isEmpty()) {
      return;
    }
    DeltaDiscoveryRequest.Builder request =
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(type.typeUrl())
            .addAllResourceNamesSubscribe(added)
            .addAllResourceNamesUnsubscribe(gone);
    if (!subscribedByType.containsKey(type)) {
      Map<String, String> known = versions(type);
      known.keySet().retainAll(names);
      request.putAllInitialResourceVersions(known);
    }
    subscribedByType.put(type, new TreeSet<>(names));
    send(request);
    for (String name : gone) {
      resources = resources.without(type, name);
    }
  }

  private void received(DeltaDiscoveryResponse response) {
    XdsType type = new XdsType(response.getTypeUrl());
    DeltaDiscoveryRequest.Builder answer =
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(type.typeUrl())
            .setResponseNonce(response.getNonce());
    if (!TYPES.contains(type)) {
      send(answer.setErrorDetail(Status.newBuilder().setMessage("not asked for")));
      return;
    }
    ResourceSet before = resources;
    try {
      take(type, response);
      subscribe(XdsType.ENDPOINT, endpointNames());
      subscribe(XdsType.ROUTE, routeNames());
      hasListeners |= type.equals(XdsType.LISTENER);
      if (complete()) {
        sink.accept(resources);
      }
      backoffMillis = FIRST_BACKOFF_MILLIS;
    } catch (IllegalArgumentException malformed) {
      resources = before;
      answer.setErrorDetail(Status.newBuilder().setMessage(String.valueOf(malformed.getMessage())));
    } catch (IllegalStateException notApplied) {
      answer.setErrorDetail(
          Status.newBuilder().setMessage(String.valueOf(notApplied.getMessage())));
    }
    send(answer);
  }

  private void take(XdsType type, DeltaDiscoveryResponse response) {
    for (Resource resource : response.getResourcesList()) {
      VersionedResource taken =
          VersionedResource.of(resource.getName(), resource.getResource())
              .withAliases(resource.getAliasesList());
      versionByResource.put(taken, resource.getVersion());
      resources = resources.with(type, taken);
    }
    if (type.equals(XdsType.CLUSTER) || type.equals(XdsType.LISTENER)) {
      // Removing an endpoint or route resource changes nothing in Envoy, and so nothing here.
      for (String name : response.getRemovedResourcesList()) {
        resources = resources.without(type, name);
      }
    }
  }

  /**
   * A listener whose routes have not come, a cluster whose endpoints have not: Envoy warms them.
   */
  private boolean complete() {
    return hasListeners
        && resources.resources(XdsType.ENDPOINT).keySet().containsAll(endpointNames())
        && resources.resources(XdsType.ROUTE).keySet().containsAll(routeNames());
  }

  private Set<String> endpointNames() {
    Set<String> names = new TreeSet<>();
    for (VersionedResource resource : resources.resources(XdsType.CLUSTER).values()) {
      Cluster cluster = XdsView.unpack(resource.body(), Cluster.class);
      if (cluster.getType() == Cluster.DiscoveryType.EDS && !cluster.hasClusterType()) {
        String serviceName = cluster.getEdsClusterConfig().getServiceName();
        names.add(serviceName.isEmpty() ? cluster.getName() : serviceName);
      }
    }
    return names;
  }

  private Set<String> routeNames() {
    Set<String> names = new TreeSet<>();
    for (VersionedResource resource : resources.resources(XdsType.LISTENER).values()) {
      Listener listener = XdsView.unpack(resource.body(), Listener.class);
      List<FilterChain> chains = new ArrayList<>(listener.getFilterChainsList());
      chains.add(listener.getDefaultFilterChain());
      for (FilterChain chain : chains) {
        for (Filter filter : chain.getFiltersList()) {
          if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
            HttpConnectionManager manager =
                XdsView.unpack(filter.getTypedConfig(), HttpConnectionManager.class);
            if (manager.hasRds()) {
              names.add(manager.getRds().getRouteConfigName());
            }
          }
        }
      }
    }
    return names;
  }

  private void broken(Throwable reason) {
    log.debug(
        "event=ads_stream_ended node={} retry_millis={}", node.getId(), backoffMillis, reason);
    requests = null;
    submit(this::connect, backoffMillis);
    backoffMillis = Math.min(MAX_BACKOFF_MILLIS, 2 * backoffMillis);
  }

  private void submit(Runnable task, long delayMillis) {
    try {
      thread.schedule(() -> guarded(task), delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      log.debug("event=ads_closed node={}", node.getId(), closed);
    }
  }

  /** An executor would keep what a task throws to itself. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("event=ads_client_failed node={}", node.getId(), e);
      throw e;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    context.cancel(null);
  }

  private final class Responses implements StreamObserver<DeltaDiscoveryResponse> {

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      submit(() -> received(response), 0);
    }

    @Override
    public void onError(Throwable reason) {
      submit(() -> broken(reason), 0);
    }

    @Override
    public void onCompleted() {
      submit(() -> broken(io.grpc.Status.UNAVAILABLE.asRuntimeException()), 0);
    }
  }
}
