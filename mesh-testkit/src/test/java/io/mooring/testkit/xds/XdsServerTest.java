package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.testkit.xds.InProcessXds.endpoints;
import static io.mooring.testkit.xds.InProcessXds.route;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import io.mooring.testkit.Row;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.PeerIdentity;
import io.mooring.xds.server.StreamListener;
import io.mooring.xds.server.StreamStatus;
import io.mooring.xds.server.TypeStatus;
import io.mooring.xds.server.XdsLimits;
import io.mooring.xds.server.XdsObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XdsServerTest {

  private static FakeProxy proxy(InProcessXds xds, boolean delta, String id) {
    return delta
        ? FakeProxy.delta(xds.channel(), FakeProxy.node(id))
        : FakeProxy.sotw(xds.channel(), FakeProxy.node(id));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void handMadeResourcesReachTheProxyOfTheirGroup(boolean delta) {
    try (InProcessXds xds = new InProcessXds();
        FakeProxy one = proxy(xds, delta, "one");
        FakeProxy other = proxy(xds, delta, "other")) {
      xds.resources.set("other", ResourceSet.empty());
      other.subscribe(CLUSTER);
      one.subscribe(CLUSTER);
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      one.awaitNames(CLUSTER, "a");
      xds.resources.put("one", CLUSTER, cluster("b", 1));
      one.awaitNames(CLUSTER, "a", "b");
      xds.resources.remove("one", CLUSTER, "a");
      one.awaitNames(CLUSTER, "b");
      other.fence();
      assertThat(other.received()).hasToString("[Cluster]");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void clearedGroupKeepsWhatItHasAndAnEmptyOneLosesIt(boolean delta) {
    try (InProcessXds xds = new InProcessXds();
        FakeProxy proxy = proxy(xds, delta, "one")) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      proxy.subscribe(CLUSTER);
      proxy.awaitNames(CLUSTER, "a");
      xds.resources.clear("one");
      proxy.fence();
      assertThat(proxy.received()).hasSize(1);
      xds.resources.set("one", ResourceSet.empty());
      proxy.awaitNames(CLUSTER);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Row({86, 88})
  void reconnectedProxyGetsOnlyWhatChanged(boolean delta) {
    try (InProcessXds xds = new InProcessXds();
        FakeProxy proxy = proxy(xds, delta, "one")) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      proxy.subscribe(CLUSTER);
      proxy.awaitNames(CLUSTER, "a");
      proxy.disconnect();
      proxy.reconnect();
      proxy.fence();
      assertThat(proxy.received()).hasSize(1);
      xds.resources.put("one", CLUSTER, cluster("b", 1));
      proxy.awaitNames(CLUSTER, "a", "b");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Row(20)
  void rejectionIsReportedAndNotRepeated(boolean delta) {
    BlockingQueue<String> rejections = new LinkedBlockingQueue<>();
    XdsObserver observer =
        new XdsObserver() {
          @Override
          public void rejected(ProxyNode node, XdsType type, List<String> names, String message) {
            rejections.add(node.id() + " " + names + " " + message);
          }
        };
    try (InProcessXds xds = new InProcessXds(builder -> builder.observer(observer));
        FakeProxy proxy = proxy(xds, delta, "one")) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      proxy.rejectNext(CLUSTER, "no such filter");
      proxy.subscribe(CLUSTER);
      proxy.await(CLUSTER);
      proxy.fence();
      assertThat(rejections).containsExactly("one [a] no such filter");
      assertThat(proxy.received()).hasSize(1);
      TypeStatus status =
          xds.xds.status().get(0).types().stream()
              .filter(type -> type.type().equals(CLUSTER))
              .findFirst()
              .orElseThrow();
      assertThat(status.acknowledged()).isFalse();
      assertThat(status.rejection()).contains("no such filter");
      xds.resources.put("one", CLUSTER, cluster("a", 2));
      proxy.awaitNames(CLUSTER, "a");
    }
  }

  @Test
  @Row(164)
  void stuckProxyDoesNotDisturbOthersAndIsClosedInTime() {
    FakeClock clock = new FakeClock();
    ManualExecutor timer = new ManualExecutor(clock);
    try (InProcessXds xds = new InProcessXds(builder -> builder.clock(clock).scheduler(timer));
        FakeProxy stuck = proxy(xds, true, "one");
        FakeProxy healthy = proxy(xds, true, "two")) {
      xds.resources.put("one", CLUSTER, cluster("a", 0));
      stuck.subscribe(CLUSTER);
      stuck.stall();
      healthy.subscribe(CLUSTER);
      for (int revision = 1; revision <= 50; revision++) {
        xds.resources.put("one", CLUSTER, cluster("a", revision));
        xds.resources.put("two", CLUSTER, cluster("b", revision));
      }
      healthy.await(response -> response.versions().containsValue(cluster("b", 50).version()));
      assertThat(stuck.received()).hasSizeLessThanOrEqualTo(2);
      // the server notices on its own threads; time moves only when it has
      AtomicInteger more = new AtomicInteger(50);
      await()
          .until(
              () -> {
                xds.resources.put("one", CLUSTER, cluster("a", more.incrementAndGet()));
                return timer.pending() > 0;
              });
      timer.advance(XdsLimits.DEFAULTS.unreadTimeout());
      assertThat(xds.xds.status()).extracting(status -> status.node().id()).containsExactly("two");
      stuck.resume();
      assertThat(stuck.awaitEnd().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
  }

  @Test
  @Row(164)
  void stuckProxyThatReadsAgainGetsTheNewestStateAlone() {
    try (InProcessXds xds = new InProcessXds();
        FakeProxy proxy = proxy(xds, true, "one")) {
      xds.resources.put("one", CLUSTER, cluster("a", 0));
      proxy.subscribe(CLUSTER);
      proxy.await(CLUSTER);
      proxy.stall();
      for (int revision = 1; revision <= 200; revision++) {
        xds.resources.put("one", CLUSTER, cluster("a", revision));
      }
      proxy.resume();
      proxy.await(response -> response.versions().containsValue(cluster("a", 200).version()));
      assertThat(proxy.received()).hasSizeLessThan(10);
    }
  }

  @Test
  void streamEndsWhenItsCertificateDoes() {
    FakeClock clock = new FakeClock();
    ManualExecutor timer = new ManualExecutor(clock);
    try (InProcessXds xds = new InProcessXds(builder -> builder.clock(clock).scheduler(timer))) {
      xds.setPeer(
          PeerIdentity.of(
              SpiffeId.parse("spiffe://cluster.local/ns/demo/sa/ratings"),
              clock.instant().plus(Duration.ofHours(1))));
      try (FakeProxy proxy = proxy(xds, true, "one")) {
        xds.resources.put("one", CLUSTER, cluster("a", 1));
        proxy.subscribe(CLUSTER);
        proxy.await(CLUSTER);
        timer.advance(Duration.ofHours(1).minusMillis(1));
        proxy.fence();
        timer.advance(Duration.ofMillis(1));
        assertThat(proxy.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(timer.pending()).isZero();
      }
    }
  }

  @Test
  @Row(67)
  void firstAnswersOfACrowdComeLongBeforeItsPatienceEnds() {
    try (InProcessXds xds = new InProcessXds()) {
      ResourceSet set = ResourceSet.empty();
      for (int i = 0; i < 200; i++) {
        set = set.with(CLUSTER, cluster("c" + i, 1)).with(ENDPOINT, endpoints("c" + i, 1));
      }
      xds.resources.set("one", set);
      String[] names = set.resources(ENDPOINT).keySet().toArray(String[]::new);
      List<RawDelta> crowd = new ArrayList<>();
      long begin = System.nanoTime();
      for (int i = 0; i < 500; i++) {
        crowd.add(
            new RawDelta(
                    xds.channel(),
                    AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(),
                    RawXds.NODE)
                .subscribe(CLUSTER)
                .subscribe(ENDPOINT, names)
                .subscribe(ROUTE, "no"));
      }
      for (RawDelta client : crowd) {
        List<String> sent = new ArrayList<>();
        await()
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(5))
            .until(
                () -> {
                  sent.addAll(client.sent());
                  return sent.size() >= 3 && sent.contains("RouteConfiguration -no");
                });
        client.stream.cancel();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Row(170)
  void unauthorizedNodeGetsNothing(boolean delta) {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    StreamListener listener =
        new StreamListener() {
          @Override
          public void connected(ProxyNode node, PeerIdentity peer, long streamId) {
            heard.add(node.id());
          }
        };
    try (InProcessXds xds =
            new InProcessXds(
                builder ->
                    builder
                        .listener(listener)
                        .authorizer(
                            (peer, node) -> {
                              throw Status.PERMISSION_DENIED
                                  .withDescription("node: 'one' is not yours")
                                  .asRuntimeException();
                            }));
        FakeProxy proxy = proxy(xds, delta, "one")) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      proxy.subscribe(CLUSTER);
      assertThat(proxy.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(proxy.received()).isEmpty();
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void authorizerThatFailsRevealsNothing() {
    try (InProcessXds xds =
            new InProcessXds(
                builder ->
                    builder.authorizer(
                        (peer, node) -> {
                          throw new IllegalStateException("secret detail");
                        }));
        FakeProxy proxy = proxy(xds, true, "one")) {
      proxy.subscribe(CLUSTER);
      Status end = proxy.awaitEnd();
      assertThat(end.getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(end.toString()).doesNotContain("secret");
    }
  }

  @Test
  void listenerHasFinishedBeforeResourcesAreAskedFor() throws Exception {
    CompletableFuture<String> disconnected = new CompletableFuture<>();
    InProcessXds[] server = new InProcessXds[1];
    StreamListener listener =
        new StreamListener() {
          @Override
          public void connected(ProxyNode node, PeerIdentity peer, long streamId) {
            server[0].resources.set(
                node.id(), ResourceSet.empty().with(CLUSTER, cluster("registered", 1)));
          }

          @Override
          public void disconnected(ProxyNode node, PeerIdentity peer, long streamId) {
            disconnected.complete(node.id());
          }
        };
    try (InProcessXds xds = new InProcessXds(builder -> builder.listener(listener))) {
      server[0] = xds;
      try (FakeProxy proxy = proxy(xds, true, "one")) {
        proxy.subscribe(CLUSTER);
        assertThat(proxy.await(CLUSTER)).hasToString("Cluster registered");
      }
      assertThat(disconnected.get(10, TimeUnit.SECONDS)).isEqualTo("one");
    }
  }

  @Test
  @Row(2)
  void aggregatedRequestWithoutATypeIsRefused() {
    try (InProcessXds xds = new InProcessXds();
        FakeProxy proxy = proxy(xds, true, "one")) {
      proxy.subscribe(new XdsType(""), "a");
      assertThat(proxy.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void tooManyNamesAreRefused() {
    XdsLimits limits = XdsLimits.builder().maxNamesPerRequest(2).build();
    try (InProcessXds xds = new InProcessXds(builder -> builder.limits(limits));
        FakeProxy proxy = proxy(xds, true, "one")) {
      proxy.subscribe(ENDPOINT, "a", "b", "c");
      Status end = proxy.awaitEnd();
      assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(end.getDescription()).contains("3").contains("2");
    }
  }

  @Test
  void tooManyStreamsAreRefusedUntilOneEnds() {
    XdsLimits limits = XdsLimits.builder().maxStreams(1).build();
    try (InProcessXds xds = new InProcessXds(builder -> builder.limits(limits));
        FakeProxy first = proxy(xds, true, "one")) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      first.subscribe(CLUSTER);
      first.await(CLUSTER);
      try (FakeProxy second = proxy(xds, true, "one")) {
        assertThat(second.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      }
      first.finish();
      assertThat(first.awaitEnd().isOk()).isTrue();
      try (FakeProxy third = proxy(xds, true, "one")) {
        third.subscribe(CLUSTER);
        third.await(CLUSTER);
      }
    }
  }

  @Test
  void closedServerEndsItsStreams() {
    try (InProcessXds xds = new InProcessXds();
        FakeProxy proxy = proxy(xds, true, "one")) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      proxy.subscribe(CLUSTER);
      proxy.await(CLUSTER);
      xds.xds.close();
      assertThat(proxy.awaitEnd().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(xds.push.connected()).isZero();
    }
  }

  @Test
  void statusTellsWhatWasSentAndAccepted() {
    try (InProcessXds xds = new InProcessXds();
        FakeProxy proxy = proxy(xds, false, "one")) {
      ResourceSet set =
          ResourceSet.empty().with(CLUSTER, cluster("a", 1)).with(ENDPOINT, endpoints("a", 1));
      xds.resources.set("one", set);
      proxy.subscribe(CLUSTER);
      proxy.subscribe(ENDPOINT, "a");
      proxy.await(CLUSTER);
      proxy.await(ENDPOINT);
      proxy.fence();
      StreamStatus status = xds.xds.status().get(0);
      assertThat(status.node().id()).isEqualTo("one");
      assertThat(status.delta()).isFalse();
      assertThat(status.types().get(0).wildcard()).isTrue();
      assertThat(status.types().get(0).sent()).containsEntry("a", cluster("a", 1).version());
      assertThat(status.types().get(0).acknowledged()).isTrue();
      assertThat(status.types().get(1).type()).isEqualTo(ENDPOINT);
      assertThat(xds.xds.configDump("one")).contains(set);
      assertThat(xds.xds.configDump("nobody")).isEmpty();
    }
  }

  @Test
  void waitThatEndsSendsWhatWaited() {
    FakeClock clock = new FakeClock();
    ManualExecutor timer = new ManualExecutor(clock);
    try (InProcessXds xds = new InProcessXds(builder -> builder.clock(clock).scheduler(timer));
        FakeProxy proxy = proxy(xds, true, "one")) {
      ResourceSet before =
          ResourceSet.empty().with(CLUSTER, cluster("a", 1)).with(ROUTE, route("r", 1));
      xds.resources.set("one", before);
      proxy.subscribe(CLUSTER);
      proxy.subscribe(ROUTE, "r");
      proxy.await(ROUTE);
      proxy.fence();
      proxy.keepSilent();
      xds.resources.set(
          "one", ResourceSet.empty().with(CLUSTER, cluster("b", 1)).with(ROUTE, route("r", 2)));
      proxy.await(response -> response.resources().containsKey("b"));
      proxy.fence();
      assertThat(proxy.received()).hasToString("[Cluster a, RouteConfiguration r, Cluster b]");
      timer.advance(XdsLimits.DEFAULTS.acknowledgementWait());
      proxy.await(response -> response.removed().contains("a"));
      assertThat(proxy.receivedSince(3)).hasToString("[RouteConfiguration r, Cluster -a]");
    }
  }

  @Test
  @Row({1, 2})
  void serviceOfOneTypeNeedsNoTypeUrl() throws Exception {
    BlockingQueue<DiscoveryResponse> responses = new LinkedBlockingQueue<>();
    try (InProcessXds xds = new InProcessXds()) {
      xds.resources.put("one", CLUSTER, cluster("a", 1));
      StreamObserver<DiscoveryRequest> requests =
          ClusterDiscoveryServiceGrpc.newStub(xds.channel())
              .streamClusters(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(DiscoveryResponse response) {
                      responses.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {}

                    @Override
                    public void onCompleted() {}
                  });
      requests.onNext(DiscoveryRequest.newBuilder().setNode(FakeProxy.node("one")).build());
      DiscoveryResponse response = responses.poll(10, TimeUnit.SECONDS);
      assertThat(response).isNotNull();
      assertThat(response.getTypeUrl()).isEqualTo(CLUSTER.typeUrl()); // row 3
      assertThat(response.getResources(0).getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
      assertThat(response.getNonce()).isNotEmpty();
      assertThat(response.getControlPlane().getIdentifier()).isEqualTo("mooring"); // row 35
      requests.onCompleted();
    }
  }
}
