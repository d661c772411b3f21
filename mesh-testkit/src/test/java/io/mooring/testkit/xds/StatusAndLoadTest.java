package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.admin.v3.ClientResourceStatus;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterStats;
import io.envoyproxy.envoy.config.endpoint.v3.UpstreamLocalityStats;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsResponse;
import io.envoyproxy.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusResponse;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import io.envoyproxy.envoy.type.matcher.v3.NodeMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.testkit.Row;
import io.mooring.xds.debug.ClientStatusAuthorizer;
import io.mooring.xds.debug.CsdsService;
import io.mooring.xds.load.ClusterLoad;
import io.mooring.xds.load.LoadReportService;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.server.NodeAuthorizer;
import io.mooring.xds.server.PeerIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusAndLoadTest {

  /** One more service in this process. */
  private static final class Bound implements AutoCloseable {
    final Server server;
    final ManagedChannel channel;

    Bound(BindableService service) throws Exception {
      this(service, PeerIdentity.ANONYMOUS);
    }

    Bound(BindableService service, PeerIdentity peer) throws Exception {
      String name = InProcessServerBuilder.generateName();
      server =
          InProcessServerBuilder.forName(name)
              .addService(service)
              .intercept(
                  new ServerInterceptor() {
                    @Override
                    public <Q, P> ServerCall.Listener<Q> interceptCall(
                        ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
                      Context context = Context.current().withValue(PeerIdentity.CONTEXT_KEY, peer);
                      return Contexts.interceptCall(context, call, headers, next);
                    }
                  })
              .build()
              .start();
      channel = InProcessChannelBuilder.forName(name).build();
    }

    ClientStatusResponse status(ClientStatusRequest request) {
      return ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel).fetchClientStatus(request);
    }

    @Override
    public void close() {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  /** Collects what comes. */
  private record Answers<T>(BlockingQueue<T> values, BlockingQueue<Status> end)
      implements StreamObserver<T> {
    Answers() {
      this(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
    }

    @Override
    public void onNext(T value) {
      values.add(value);
    }

    @Override
    public void onError(Throwable failure) {
      end.add(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end.add(Status.OK);
    }
  }

  private static NodeMatcher id(StringMatcher.Builder id) {
    return NodeMatcher.newBuilder().setNodeId(id).build();
  }

  @Test
  @Row(163)
  void statusOfEachResourceIsTold() throws Exception {
    try (InProcessXds xds = new InProcessXds();
        Bound csds = new Bound(new CsdsService(List.of(xds.xds)));
        FakeProxy proxy = FakeProxy.delta(xds.channel(), FakeProxy.node("one"))) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      proxy.subscribe(CLUSTER);
      proxy.awaitNames(CLUSTER, "a");
      proxy.rejectNext(CLUSTER, "no such filter");
      xds.resources.put("one", CLUSTER, cluster("b", 1));
      proxy.await(response -> response.resources().containsKey("b"));
      proxy.fence();
      ClientStatusResponse status = csds.status(ClientStatusRequest.getDefaultInstance());
      assertThat(status.getConfigCount()).isEqualTo(1);
      assertThat(status.getConfig(0).getNode().getId()).isEqualTo("one");
      List<GenericXdsConfig> clusters =
          status.getConfig(0).getGenericXdsConfigsList().stream()
              .filter(config -> config.getTypeUrl().equals(CLUSTER.typeUrl()))
              .toList();
      GenericXdsConfig good = clusters.get(0);
      assertThat(good.getName()).isEqualTo("a");
      assertThat(good.getVersionInfo()).isEqualTo(cluster("a", 1).version());
      assertThat(good.getConfigStatus()).isEqualTo(ConfigStatus.SYNCED);
      assertThat(good.getClientStatus()).isEqualTo(ClientResourceStatus.ACKED);
      assertThat(good.getXdsConfig()).isEqualTo(cluster("a", 1).body());
      GenericXdsConfig bad = clusters.get(1);
      assertThat(bad.getName()).isEqualTo("b");
      assertThat(bad.getConfigStatus()).isEqualTo(ConfigStatus.ERROR);
      assertThat(bad.getClientStatus()).isEqualTo(ClientResourceStatus.NACKED);
      assertThat(bad.getErrorState().getDetails()).isEqualTo("no such filter");
      assertThat(bad.hasXdsConfig()).isFalse();
      ClientStatusRequest brief =
          ClientStatusRequest.newBuilder().setExcludeResourceContents(true).build();
      assertThat(csds.status(brief).getConfig(0).getGenericXdsConfigsList())
          .noneMatch(GenericXdsConfig::hasXdsConfig);
    }
  }

  @Test
  void secretsAreNamedAndNotShown() throws Exception {
    try (InProcessXds xds = new InProcessXds();
        Bound csds = new Bound(new CsdsService(List.of(xds.xds)));
        FakeProxy proxy = FakeProxy.delta(xds.channel(), FakeProxy.node("one"))) {
      Secret secret = Secret.newBuilder().setName("default").build();
      xds.resources.put("one", SECRET, VersionedResource.of("default", secret));
      proxy.subscribe(SECRET, "default");
      proxy.awaitNames(SECRET, "default");
      proxy.fence();
      List<GenericXdsConfig> shown =
          csds.status(ClientStatusRequest.getDefaultInstance())
              .getConfig(0)
              .getGenericXdsConfigsList();
      assertThat(shown).anyMatch(config -> config.getName().equals("default"));
      assertThat(shown).noneMatch(GenericXdsConfig::hasXdsConfig);
    }
  }

  @Test
  void statusIsForThoseAloneWhomTheAuthorizerLets() throws Exception {
    SpiffeId operator = new TrustDomain("td").workload("ops", "admin");
    SpiffeId workload = new TrustDomain("td").workload("demo", "ratings");
    Map<PeerIdentity, Status.Code> answers =
        Map.of(
            PeerIdentity.of(operator, Instant.MAX),
            Status.Code.OK,
            PeerIdentity.of(workload, Instant.MAX),
            Status.Code.PERMISSION_DENIED,
            PeerIdentity.ANONYMOUS,
            Status.Code.UNAUTHENTICATED);
    try (InProcessXds xds = new InProcessXds()) {
      CsdsService service =
          new CsdsService(List.of(xds.xds), ClientStatusAuthorizer.identities(Set.of(operator)));
      for (Map.Entry<PeerIdentity, Status.Code> expected : answers.entrySet()) {
        try (Bound csds = new Bound(service, expected.getKey())) {
          ClientStatusRequest request = ClientStatusRequest.getDefaultInstance();
          Answers<ClientStatusResponse> fetched = new Answers<>();
          Answers<ClientStatusResponse> streamed = new Answers<>();
          ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceStub stub =
              ClientStatusDiscoveryServiceGrpc.newStub(csds.channel);
          stub.fetchClientStatus(request, fetched);
          StreamObserver<ClientStatusRequest> requests = stub.streamClientStatus(streamed);
          requests.onNext(request);
          requests.onCompleted();
          for (Answers<ClientStatusResponse> answer : List.of(fetched, streamed)) {
            Status end = answer.end().poll(10, TimeUnit.SECONDS);
            assertThat(end).isNotNull();
            assertThat(end.getCode()).isEqualTo(expected.getValue());
            assertThat(answer.values()).hasSize(end.isOk() ? 1 : 0);
          }
        }
      }
    }
  }

  @Test
  void matchersChooseNodesAndUnknownKindsAreRefused() throws Exception {
    try (InProcessXds xds = new InProcessXds();
        Bound csds = new Bound(new CsdsService(List.of(xds.xds)));
        FakeProxy one = FakeProxy.delta(xds.channel(), FakeProxy.node("one"));
        FakeProxy other = FakeProxy.delta(xds.channel(), FakeProxy.node("other"))) {
      for (FakeProxy proxy : List.of(one, other)) {
        proxy.subscribe(CLUSTER);
      }
      xds.resources.set("one", ResourceSet.empty());
      xds.resources.set("other", ResourceSet.empty());
      one.await(CLUSTER);
      other.await(CLUSTER);
      ClientStatusRequest request =
          ClientStatusRequest.newBuilder()
              .addNodeMatchers(id(StringMatcher.newBuilder().setPrefix("ot")))
              .build();
      assertThat(csds.status(request).getConfigList())
          .extracting(config -> config.getNode().getId())
          .containsExactly("other");
      ClientStatusRequest empty =
          ClientStatusRequest.newBuilder().addNodeMatchers(id(StringMatcher.newBuilder())).build();
      assertThatThrownBy(() -> csds.status(empty)).hasMessageContaining("INVALID_ARGUMENT");
    }
  }

  @Test
  void statusIsAlsoStreamed() throws Exception {
    try (InProcessXds xds = new InProcessXds();
        Bound csds = new Bound(new CsdsService(List.of(xds.xds)))) {
      Answers<ClientStatusResponse> answers = new Answers<>();
      StreamObserver<ClientStatusRequest> requests =
          ClientStatusDiscoveryServiceGrpc.newStub(csds.channel).streamClientStatus(answers);
      requests.onNext(ClientStatusRequest.getDefaultInstance());
      requests.onNext(ClientStatusRequest.getDefaultInstance());
      requests.onCompleted();
      assertThat(answers.end().poll(10, TimeUnit.SECONDS)).isEqualTo(Status.OK);
      assertThat(answers.values()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Row({159, 160})
  void loadIsAskedForAndPassedOn(boolean allClusters) throws Exception {
    BlockingQueue<ClusterLoad> reported = new LinkedBlockingQueue<>();
    LoadReportService service =
        new LoadReportService(
            Duration.ofSeconds(3),
            NodeAuthorizer.ANYONE,
            (node, loads) -> reported.addAll(loads),
            node -> List.of("b", "a of " + node.id()));
    try (Bound lrs = new Bound(service)) {
      Answers<LoadStatsResponse> answers = new Answers<>();
      StreamObserver<LoadStatsRequest> reports =
          LoadReportingServiceGrpc.newStub(lrs.channel).streamLoadStats(answers);
      Node.Builder node = Node.newBuilder().setId("one");
      if (allClusters) {
        node.addClientFeatures("envoy.lrs.supports_send_all_clusters");
      }
      reports.onNext(LoadStatsRequest.newBuilder().setNode(node).build());
      LoadStatsResponse asked = answers.values().poll(10, TimeUnit.SECONDS);
      assertThat(asked)
          .isEqualTo(
              LoadStatsResponse.newBuilder()
                  .setLoadReportingInterval(Durations.fromSeconds(3))
                  .setSendAllClusters(allClusters)
                  .addAllClusters(allClusters ? List.of() : List.of("a of one", "b"))
                  .build());
      ClusterStats.Builder stats =
          ClusterStats.newBuilder()
              .setClusterName("a")
              .setTotalDroppedRequests(2)
              .setLoadReportInterval(Durations.fromMillis(3100));
      for (int issued : new int[] {5, 7}) {
        UpstreamLocalityStats.Builder locality =
            stats
                .addUpstreamLocalityStatsBuilder()
                .setTotalIssuedRequests(issued)
                .setTotalSuccessfulRequests(issued - 2)
                .setTotalErrorRequests(1)
                .setTotalRequestsInProgress(1);
        locality.getLocalityBuilder().setZone("z" + issued);
        locality
            .addLoadMetricStatsBuilder()
            .setMetricName("cpu")
            .setNumRequestsFinishedWithMetric(4)
            .setTotalMetricValue(2);
      }
      reports.onNext(LoadStatsRequest.newBuilder().addClusterStats(stats).build());
      ClusterLoad load = reported.poll(10, TimeUnit.SECONDS);
      assertThat(load).isNotNull();
      assertThat(load.cluster()).isEqualTo("a");
      assertThat(load.interval()).isEqualTo(Duration.ofMillis(3100));
      assertThat(load.issued()).isEqualTo(12);
      assertThat(load.succeeded()).isEqualTo(8);
      assertThat(load.failed()).isEqualTo(2);
      assertThat(load.inProgress()).isEqualTo(2);
      assertThat(load.dropped()).isEqualTo(2);
      assertThat(load.localities().get(1).locality().zone()).isEqualTo("z7");
      assertThat(load.localities().get(1).meanByMetric()).containsEntry("cpu", 0.5);
      assertThat(answers.values()).isEmpty();
      reports.onCompleted();
      assertThat(answers.end().poll(10, TimeUnit.SECONDS)).isEqualTo(Status.OK);
    }
  }

  @Test
  @Row(161)
  void observerThatFailsDoesNotEndTheReports() throws Exception {
    BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    LoadReportService service =
        new LoadReportService(
            Duration.ofSeconds(3),
            NodeAuthorizer.ANYONE,
            (node, loads) -> {
              calls.add(node.id());
              throw new IllegalStateException("observer");
            });
    try (Bound lrs = new Bound(service)) {
      StreamObserver<LoadStatsRequest> reports =
          LoadReportingServiceGrpc.newStub(lrs.channel).streamLoadStats(new Answers<>());
      LoadStatsRequest report =
          LoadStatsRequest.newBuilder()
              .setNode(Node.newBuilder().setId("one"))
              .addClusterStats(ClusterStats.newBuilder().setClusterName("a"))
              .build();
      reports.onNext(report);
      reports.onNext(report);
      await().until(() -> calls.size() == 2);
    }
  }

  @Test
  @Row(161)
  void reportsThatFailLeaveTheDiscoveryStreamOfTheirConnectionAlone() throws Exception {
    LoadReportService refusing =
        new LoadReportService(
            Duration.ofSeconds(3),
            (peer, node) -> {
              throw Status.PERMISSION_DENIED.asRuntimeException();
            },
            (node, loads) -> {});
    try (InProcessXds xds = new InProcessXds(builder -> builder, List.of(refusing));
        FakeProxy proxy = FakeProxy.delta(xds.channel(), FakeProxy.node("one"))) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      proxy.subscribe(CLUSTER);
      proxy.awaitNames(CLUSTER, "a");
      Answers<LoadStatsResponse> answers = new Answers<>();
      LoadReportingServiceGrpc.newStub(xds.channel())
          .streamLoadStats(answers)
          .onNext(LoadStatsRequest.newBuilder().setNode(FakeProxy.node("one")).build());
      assertThat(answers.end().poll(10, TimeUnit.SECONDS)).isNotNull();
      xds.resources.put("one", CLUSTER, cluster("b", 1));
      proxy.awaitNames(CLUSTER, "a", "b");
    }
  }

  @Test
  void reportOfNobodyIsRefused() throws Exception {
    LoadReportService service =
        new LoadReportService(
            Duration.ofSeconds(3),
            (peer, node) -> {
              throw Status.PERMISSION_DENIED.asRuntimeException();
            },
            (node, loads) -> {});
    try (Bound lrs = new Bound(service)) {
      for (String id : List.of("", "one")) {
        Answers<LoadStatsResponse> answers = new Answers<>();
        LoadReportingServiceGrpc.newStub(lrs.channel)
            .streamLoadStats(answers)
            .onNext(LoadStatsRequest.newBuilder().setNode(Node.newBuilder().setId(id)).build());
        Status end = answers.end().poll(10, TimeUnit.SECONDS);
        assertThat(end).isNotNull();
        assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      }
    }
  }
}
