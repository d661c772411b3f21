package io.mooring.xds.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher.HeaderMatchSpecifierCase;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch.PathSpecifierCase;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.clusters.aggregate.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.mooring.model.ConfigObject;
import io.mooring.testkit.Row;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Whatever is configured, a gRPC client is sent nothing that it refuses: rows 120 to 162 that are
 * about what a resource says.
 */
class GrpcContentTest {

  private static final List<List<ConfigObject>> OBJECTS = HistoryObjects.all();

  /** What an Envoy follows and a gRPC client does not know, or refuses. */
  private static final List<ConfigObject> RICH =
      TestMesh.parse(
          """
          apiVersion: networking.istio.io/v1
          kind: ServiceEntry
          metadata: {name: rich, namespace: demo}
          spec:
            hosts: [rich.example.com]
            location: MESH_INTERNAL
            resolution: STATIC
            ports: [{number: 9080, name: grpc, protocol: GRPC}, {number: 81, name: http, protocol: HTTP}]
            endpoints:
            - {address: 10.0.0.1, locality: r1/z1/s1, labels: {version: v1}, weight: 3}
            - {address: 10.0.0.1, locality: r1/z1/s1, labels: {version: v1}}
            - {address: 10.0.0.2, locality: r1/z2/s1, labels: {version: v2}}
            - {address: 10.0.0.3, locality: r2/z1/s1, labels: {version: v2}}
            - {address: 10.0.0.4, labels: {version: v1, security.istio.io/tlsMode: istio}}
          ---
          apiVersion: networking.istio.io/v1
          kind: ServiceEntry
          metadata: {name: names, namespace: demo}
          spec:
            hosts: [names.example.com]
            location: MESH_EXTERNAL
            resolution: DNS
            ports: [{number: 443, name: grpc, protocol: GRPC}]
            endpoints: [{address: one.example.com}, {address: two.example.com, ports: {grpc: 444}}]
          ---
          apiVersion: networking.istio.io/v1
          kind: DestinationRule
          metadata: {name: names, namespace: demo}
          spec: {host: names.example.com, trafficPolicy: {tls: {mode: SIMPLE}}}
          ---
          apiVersion: networking.istio.io/v1
          kind: DestinationRule
          metadata: {name: rich, namespace: demo}
          spec:
            host: rich.example.com
            trafficPolicy:
              connectionPool:
                tcp: {maxConnections: 10, connectTimeout: 1s}
                http: {http2MaxRequests: 100, maxRequestsPerConnection: 10}
              outlierDetection: {consecutive5xxErrors: 3, interval: 1s, maxEjectionPercent: 100}
              loadBalancer: {simple: LEAST_REQUEST}
            subsets:
            - {name: v1, labels: {version: v1}}
            - name: v2
              labels: {version: v2}
              trafficPolicy: {loadBalancer: {consistentHash: {maglev: {tableSize: 65537}, useSourceIp: true}}}
          ---
          apiVersion: networking.istio.io/v1
          kind: VirtualService
          metadata: {name: rich, namespace: demo}
          spec:
            hosts: [rich.example.com]
            http:
            - match: [{headers: {user: {exact: moved}}}]
              redirect: {uri: /elsewhere, authority: other}
            - match: [{headers: {user: {exact: teapot}}}]
              directResponse: {status: 418}
            - match: [{headers: {user: {prefix: b}}, ignoreUriCase: true, uri: {prefix: /A}}]
              fault: {abort: {httpStatus: 503, percentage: {value: 10}}, delay: {fixedDelay: 1s}}
              route: [{destination: {host: rich.example.com, subset: v1}}]
            - match: [{queryParams: {page: {exact: "1"}}}]
              route: [{destination: {host: rich.example.com, subset: v1}}]
            - match: [{headers: {user: {regex: "t.*"}}, method: {exact: POST}, uri: {regex: "/a+"}}]
              timeout: 0.002s
              retries: {attempts: 3, retryOn: "5xx,unavailable,gateway-error", perTryTimeout: 1s}
              mirror: {host: rich.example.com, subset: v1}
              rewrite: {uri: /, authority: other}
              corsPolicy: {allowOrigins: [{exact: "*"}]}
              headers: {request: {add: {x-a: b}}}
              route:
              - {destination: {host: rich.example.com, subset: v2}, weight: 30}
              - {destination: {host: rich.example.com, subset: v1}, weight: 70}
            - match: [{withoutHeaders: {beta: {exact: "no"}}}]
              route: [{destination: {host: rich.example.com, subset: v2}}]
            - route: [{destination: {host: rich.example.com, subset: v1}}]
          """);

  private static final List<ProxyNode> PROGRAMS =
      List.of(
          program("demo", "10.0.0.1"), program("demo", "10.9.9.9"), program("shop", "10.0.1.1"));

  private static ProxyNode program(String namespace, String address) {
    Node.Builder node = Node.newBuilder().setId("program").setUserAgentName("gRPC Java");
    node.getMetadataBuilder()
        .putFields("NAMESPACE", Value.newBuilder().setStringValue(namespace).build())
        .putFields("INSTANCE_IPS", Value.newBuilder().setStringValue(address).build());
    return ProxyNode.parse(node.build());
  }

  @Provide
  Arbitrary<List<ConfigObject>> configurations() {
    List<ConfigObject> all = new ArrayList<>(RICH);
    OBJECTS.forEach(all::addAll);
    return Arbitraries.of(all).list().ofMaxSize(15).map(GrpcContentTest::withRich);
  }

  private static List<ConfigObject> withRich(List<ConfigObject> chosen) {
    List<ConfigObject> objects = new ArrayList<>(RICH);
    objects.addAll(chosen);
    return objects;
  }

  private static <M extends Message> Stream<M> generated(
      List<ConfigObject> objects, XdsType type, Class<M> message) {
    try (TestMesh mesh = new TestMesh()) {
      objects.forEach(mesh::put);
      List<M> all = new ArrayList<>();
      for (ProxyNode program : PROGRAMS) {
        ResourceSet set = mesh.generator().initial(program);
        set.resources(type).values().forEach(resource -> all.add(resource.as(message)));
        VersionedResource server =
            set.get(type, "grpc/server?xds.resource.listening_address=0.0.0.0:50051").orElse(null);
        if (server != null) {
          all.add(server.as(message));
        }
      }
      return all.stream();
    }
  }

  private static <M extends Message> M unpack(Any any, Class<M> message) {
    return VersionedResource.of("any", any).as(message);
  }

  private static HttpConnectionManager manager(Any any) {
    return unpack(any, HttpConnectionManager.class);
  }

  private static void isAds(ConfigSource source) {
    assertThat(source.hasAds() || source.hasSelf()).isTrue();
  }

  private static void filtersAre(
      HttpConnectionManager manager, List<Class<? extends Message>> known) {
    List<HttpFilter> filters = manager.getHttpFiltersList();
    assertThat(filters).isNotEmpty().extracting(HttpFilter::getName).doesNotHaveDuplicates();
    assertThat(filters)
        .allMatch(
            filter ->
                filter.getIsOptional() || known.stream().anyMatch(filter.getTypedConfig()::is));
    assertThat(filters.get(filters.size() - 1).getTypedConfig().is(Router.class)).isTrue();
    assertThat(filters).filteredOn(it -> it.getTypedConfig().is(Router.class)).hasSize(1);
    assertThat(manager.getXffNumTrustedHops()).isZero();
    assertThat(manager.getOriginalIpDetectionExtensionsList()).isEmpty();
  }

  @Row({121, 122, 123, 124, 157})
  @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
  void clientsListenersHaveFiltersThatGrpcKnows(
      @ForAll("configurations") List<ConfigObject> objects) {
    List<Listener> clients =
        generated(objects, XdsType.LISTENER, Listener.class)
            .filter(Listener::hasApiListener)
            .toList();
    assertThat(clients).isNotEmpty();
    for (Listener listener : clients) {
      HttpConnectionManager manager = manager(listener.getApiListener().getApiListener());
      filtersAre(manager, List.of(HTTPFault.class, Router.class));
      isAds(manager.getRds().getConfigSource());
      assertThat(listener.getFilterChainsList()).isEmpty();
    }
  }

  @Row({123, 124, 152, 153, 154, 155, 157})
  @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
  void serversListenersMatchEveryConnectionAndHaveOneManager(
      @ForAll("configurations") List<ConfigObject> objects) {
    List<Listener> servers =
        generated(objects, XdsType.LISTENER, Listener.class)
            .filter(listener -> !listener.hasApiListener())
            .toList();
    assertThat(servers).isNotEmpty();
    for (Listener listener : servers) {
      assertThat(listener.getTrafficDirection()).isEqualTo(TrafficDirection.INBOUND);
      assertThat(listener.getListenerFiltersList()).isEmpty();
      assertThat(listener.hasUseOriginalDst()).isFalse();
      assertThat(listener.getFilterChainsList())
          .hasSize(1) // so that matches and names are unique
          .allSatisfy(GrpcContentTest::serverChain);
    }
  }

  private static void serverChain(FilterChain chain) {
    assertThat(chain.getFilterChainMatch()).isEqualTo(FilterChainMatch.getDefaultInstance());
    assertThat(chain.getFiltersList()).hasSize(1);
    HttpConnectionManager manager = manager(chain.getFilters(0).getTypedConfig());
    filtersAre(manager, List.of(RBAC.class, Router.class));
    for (HttpFilter filter : manager.getHttpFiltersList()) {
      if (filter.getTypedConfig().is(RBAC.class)) {
        io.envoyproxy.envoy.config.rbac.v3.RBAC rules =
            unpack(filter.getTypedConfig(), RBAC.class).getRules();
        assertThat(rules.getAction())
            .isNotEqualTo(io.envoyproxy.envoy.config.rbac.v3.RBAC.Action.LOG);
        assertThat(rules.getPoliciesMap().values())
            .allMatch(policy -> !policy.hasCondition() && !policy.hasCheckedCondition())
            .allMatch(GrpcContentTest::looksAtNoHeader);
      }
    }
    if (chain.hasTransportSocket()) {
      DownstreamTlsContext tls =
          unpack(chain.getTransportSocket().getTypedConfig(), DownstreamTlsContext.class);
      assertThat(tls.hasRequireSni()).isFalse();
      provided(tls.getCommonTlsContext(), true);
      assertThat(
              tls.getCommonTlsContext().getValidationContext().getMatchTypedSubjectAltNamesList())
          .isEmpty();
    }
  }

  private static boolean looksAtNoHeader(Policy policy) {
    return policy.getPermissionsList().stream().noneMatch(it -> it.hasHeader())
        && policy.getPrincipalsList().stream().noneMatch(it -> it.hasHeader());
  }

  /** Certificates and roots come from the bootstrap, or roots from the system. */
  private static void provided(CommonTlsContext tls, boolean withCertificate) {
    if (withCertificate) {
      assertThat(tls.getTlsCertificateProviderInstance().getInstanceName()).isNotEmpty();
    }
    assertThat(tls.getTlsCertificatesList()).isEmpty();
    assertThat(tls.getTlsCertificateSdsSecretConfigsList()).isEmpty();
    assertThat(tls.hasTlsParams()).isFalse();
    assertThat(tls.hasCustomHandshaker()).isFalse();
    assertThat(tls.hasValidationContext()).isTrue();
    assertThat(
            tls.getValidationContext().hasCaCertificateProviderInstance()
                || tls.getValidationContext().hasSystemRootCerts())
        .isTrue();
    assertThat(tls.getValidationContext().hasTrustedCa()).isFalse();
    assertThat(tls.getValidationContext().hasCrl()).isFalse();
    assertThat(tls.getValidationContext().hasCustomValidatorConfig()).isFalse();
    assertThat(tls.getValidationContext().getVerifyCertificateHashList()).isEmpty();
    assertThat(tls.getValidationContext().getVerifyCertificateSpkiList()).isEmpty();
  }

  @Row({126, 127, 128, 129, 130, 131, 132, 133, 150})
  @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
  void everyRouteIsOneThatGrpcTakes(@ForAll("configurations") List<ConfigObject> objects) {
    List<Route> routes =
        generated(objects, XdsType.ROUTE, RouteConfiguration.class)
            .flatMap(configuration -> configuration.getVirtualHostsList().stream())
            .peek(host -> assertThat(host.getDomainsList()).isNotEmpty())
            .flatMap(host -> host.getRoutesList().stream())
            .toList();
    assertThat(routes).isNotEmpty().allSatisfy(GrpcContentTest::isTaken);
    assertThat(routes).anyMatch(route -> route.getRoute().hasMaxStreamDuration());
  }

  private static void isTaken(Route route) {
    assertThat(route.getMatch().getPathSpecifierCase())
        .isIn(PathSpecifierCase.PREFIX, PathSpecifierCase.PATH, PathSpecifierCase.SAFE_REGEX);
    assertThat(route.getMatch().hasCaseSensitive()).isTrue();
    assertThat(route.getMatch().getQueryParametersList()).isEmpty();
    assertThat(route.getMatch().hasRuntimeFraction()).isFalse();
    assertThat(route.getMatch().getHeadersList())
        .noneMatch(
            header ->
                header.getHeaderMatchSpecifierCase()
                    == HeaderMatchSpecifierCase.HEADERMATCHSPECIFIER_NOT_SET);
    assertThat(route.getTypedPerFilterConfigMap().values()).allMatch(it -> it.is(HTTPFault.class));
    assertThat(route.hasRoute() || route.hasNonForwardingAction()).isTrue();
    if (!route.hasRoute()) {
      return;
    }
    RouteAction action = route.getRoute();
    assertThat(action.hasTimeout()).isFalse();
    assertThat(action.getHostRewriteSpecifierCase())
        .isEqualTo(RouteAction.HostRewriteSpecifierCase.HOSTREWRITESPECIFIER_NOT_SET);
    if (action.hasMaxStreamDuration()) {
      assertThat(Durations.toMillis(action.getMaxStreamDuration().getMaxStreamDuration()))
          .isPositive();
    }
    if (action.hasWeightedClusters()) {
      assertThat(
              action.getWeightedClusters().getClustersList().stream()
                  .map(WeightedCluster.ClusterWeight::getWeight)
                  .mapToLong(weight -> Integer.toUnsignedLong(weight.getValue()))
                  .sum())
          .isBetween(1L, 0xFFFF_FFFFL);
    } else {
      assertThat(action.getCluster()).isNotEmpty();
    }
    if (action.hasRetryPolicy()) {
      assertThat(action.getRetryPolicy().getRetryOn().split(",", -1))
          .isSubsetOf(
              "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable");
      assertThat(action.getRetryPolicy().getNumRetries().getValue()).isPositive();
      if (action.getRetryPolicy().hasRetryBackOff()) {
        assertThat(
                Durations.isPositive(action.getRetryPolicy().getRetryBackOff().getBaseInterval()))
            .isTrue();
      }
    }
  }

  @Row({134, 135, 136, 137, 138, 139, 140, 149, 151, 162})
  @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
  void everyClusterIsOneThatGrpcTakes(@ForAll("configurations") List<ConfigObject> objects) {
    List<Cluster> clusters = generated(objects, XdsType.CLUSTER, Cluster.class).toList();
    assertThat(clusters).isNotEmpty().allSatisfy(GrpcContentTest::isTaken);
    assertThat(clusters).anyMatch(Cluster::hasTransportSocket);
  }

  private static void isTaken(Cluster cluster) {
    if (cluster.hasClusterType()) {
      assertThat(cluster.getClusterType().getName()).isEqualTo("envoy.clusters.aggregate");
      assertThat(
              unpack(cluster.getClusterType().getTypedConfig(), ClusterConfig.class)
                  .getClustersList())
          .hasSizeGreaterThan(1);
      assertThat(cluster.getLbPolicy())
          .isIn(Cluster.LbPolicy.ROUND_ROBIN, Cluster.LbPolicy.RING_HASH);
      return;
    }
    switch (cluster.getType()) {
      case EDS -> isAds(cluster.getEdsClusterConfig().getEdsConfig());
      case LOGICAL_DNS -> {
        assertThat(cluster.getLoadAssignment().getEndpointsList()).hasSize(1);
        List<LbEndpoint> only = cluster.getLoadAssignment().getEndpoints(0).getLbEndpointsList();
        assertThat(only).hasSize(1);
        SocketAddress address = only.get(0).getEndpoint().getAddress().getSocketAddress();
        assertThat(address.getAddress()).isNotEmpty();
        assertThat(address.getPortValue()).isPositive();
      }
      default -> throw new AssertionError("gRPC does not know " + cluster.getType());
    }
    assertThat(cluster.getLbPolicy())
        .isIn(Cluster.LbPolicy.ROUND_ROBIN, Cluster.LbPolicy.RING_HASH);
    assertThat(cluster.getRingHashLbConfig().getMinimumRingSize().getValue())
        .isLessThanOrEqualTo(8L << 20);
    cluster.getLoadBalancingPolicy().getPoliciesList().forEach(GrpcContentTest::isKnown);
    assertThat(cluster.getTransportSocketMatchesList()).isEmpty();
    if (cluster.hasTransportSocket()) {
      assertThat(cluster.getTransportSocket().getName()).isEqualTo("envoy.transport_sockets.tls");
      provided(
          unpack(cluster.getTransportSocket().getTypedConfig(), UpstreamTlsContext.class)
              .getCommonTlsContext(),
          false);
    }
    assertThat(!cluster.hasLrsServer() || cluster.getLrsServer().hasSelf()).isTrue();
    assertThat(cluster.getLrsReportEndpointMetricsList()).isEmpty();
    assertThat(cluster.hasOutlierDetection()).isFalse(); // none is in any range
    assertThat(cluster.getCircuitBreakers().getThresholdsList())
        .singleElement()
        .matches(threshold -> threshold.hasMaxRequests());
  }

  private static void isKnown(LoadBalancingPolicy.Policy policy) {
    Any config = policy.getTypedExtensionConfig().getTypedConfig();
    if (config.is(WrrLocality.class)) {
      unpack(config, WrrLocality.class)
          .getEndpointPickingPolicy()
          .getPoliciesList()
          .forEach(GrpcContentTest::isKnown);
    } else {
      assertThat(config.is(LeastRequest.class) || config.is(RoundRobin.class)).isTrue();
    }
  }

  @Row({141, 142, 143, 144, 145})
  @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
  void everyLoadAssignmentIsOneThatGrpcTakes(@ForAll("configurations") List<ConfigObject> objects) {
    List<ClusterLoadAssignment> assignments =
        generated(objects, XdsType.ENDPOINT, ClusterLoadAssignment.class).toList();
    assertThat(assignments).isNotEmpty();
    for (ClusterLoadAssignment assignment : assignments) {
      Set<String> addresses = new HashSet<>();
      Set<String> localities = new HashSet<>();
      TreeSet<Integer> priorities = new TreeSet<>();
      for (LocalityLbEndpoints locality : assignment.getEndpointsList()) {
        assertThat(locality.getLoadBalancingWeight().getValue()).isPositive();
        assertThat(localities.add(locality.getPriority() + " " + locality.getLocality())).isTrue();
        priorities.add(locality.getPriority());
        assertThat(locality.getLbEndpointsList()).isNotEmpty();
        for (LbEndpoint endpoint : locality.getLbEndpointsList()) {
          SocketAddress address = endpoint.getEndpoint().getAddress().getSocketAddress();
          assertThat(address.getAddress()).matches("[0-9.]+|[0-9a-f:.]+");
          assertThat(addresses.add(address.getAddress() + " " + address.getPortValue())).isTrue();
        }
      }
      assertThat(priorities.first()).isZero();
      assertThat(priorities.last()).isEqualTo(priorities.size() - 1);
    }
  }
}
