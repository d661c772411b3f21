package io.mooring.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.mooring.testkit.FakeClock;
import io.mooring.testkit.ManualExecutor;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.protocol.ContentVersions;
import io.mooring.xds.push.PushService;
import io.mooring.xds.push.SnapshotResources;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One stream in a time of the test's own, without a transport. */
class XdsStreamTest {

  private static final Duration WAIT = XdsLimits.DEFAULTS.acknowledgementWait();

  /** Passes by itself, as time does, each time that somebody looks at it. */
  private static final class PassingClock implements InstantSource {
    private final FakeClock time;
    private Duration each = Duration.ZERO;

    PassingClock(FakeClock time) {
      this.time = time;
    }

    @Override
    public Instant instant() {
      time.advance(each);
      return time.instant();
    }
  }

  private final FakeClock time = new FakeClock();
  private final PassingClock clock = new PassingClock(time);
  private final ManualExecutor executor = new ManualExecutor(time);
  private final SnapshotResources resources = new SnapshotResources(node -> "all");
  private PushService<Set<String>> push = push(executor);
  private final List<Long> ended = new ArrayList<>();
  private final Call call = new Call();
  private NodeAuthorizer authorizer = NodeAuthorizer.ANYONE;
  private XdsObserver observer = XdsObserver.NONE;

  private PushService<Set<String>> push(Executor pushes) {
    return PushService.builder(resources)
        .debounce(Duration.ZERO, Duration.ZERO)
        .executor(pushes)
        .scheduler(executor)
        .clock(clock)
        .build();
  }

  @AfterEach
  void close() {
    push.close();
  }

  private XdsStream<DeltaWireRequest> stream() {
    XdsStream<DeltaWireRequest> stream =
        new XdsStream<>(
            1,
            new StreamServices(
                push,
                (peer, node) -> authorizer.authorize(peer, node),
                StreamListener.NONE,
                observer,
                XdsLimits.DEFAULTS,
                clock,
                executor,
                new ContentVersions(),
                gone -> ended.add(1L)),
            call,
            new DeltaVariant(ControlPlane.getDefaultInstance()),
            null,
            PeerIdentity.ANONYMOUS);
    stream.start();
    return stream;
  }

  private static void ask(XdsStream<DeltaWireRequest> stream, XdsType type, String... names) {
    say(
        stream,
        DeltaDiscoveryRequest.newBuilder()
            .setNode(Node.newBuilder().setId("one").setUserAgentName("envoy"))
            .setTypeUrl(type.typeUrl())
            .addAllResourceNamesSubscribe(List.of(names)));
  }

  private static void say(
      XdsStream<DeltaWireRequest> stream, DeltaDiscoveryRequest.Builder request) {
    byte[] bytes = request.build().toByteArray();
    try {
      stream.onMessage(DeltaWireRequest.parse(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The wait for clusters ends between any two of the looks that a stream takes at the clock. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void waitThatEndsBetweenTwoLooksAtTheClockIsNotMissed(int looks) {
    resources.put(
        "all",
        XdsType.CLUSTER,
        VersionedResource.of("c", Cluster.newBuilder().setName("c").build()));
    resources.put(
        "all",
        XdsType.ROUTE,
        VersionedResource.of("r", RouteConfiguration.newBuilder().setName("r").build()));
    XdsStream<DeltaWireRequest> stream = stream();
    ask(stream, XdsType.CLUSTER, "*");
    executor.runReady();
    assertThat(call.sentTypes()).containsExactly(XdsType.CLUSTER.typeUrl());

    // Envoy that warms asks for routes just before the wait for its clusters ends
    time.advance(WAIT.minusMillis(2L * looks + 1));
    clock.each = Duration.ofMillis(2);
    ask(stream, XdsType.ROUTE, "r");
    clock.each = Duration.ZERO;
    executor.advance(WAIT);

    assertThat(call.sentTypes())
        .containsExactly(XdsType.CLUSTER.typeUrl(), XdsType.ROUTE.typeUrl());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void firstConvergenceIsToldAlsoWhereResourcesComeBeforeTheRequest(boolean resourcesFirst) {
    List<Duration> converged = new ArrayList<>();
    observer =
        new XdsObserver() {
          @Override
          public void converged(ProxyNode node, Duration elapsed) {
            converged.add(elapsed);
          }
        };
    push = push(resourcesFirst ? Runnable::run : executor);
    resources.put(
        "all",
        XdsType.CLUSTER,
        VersionedResource.of("c", Cluster.newBuilder().setName("c").build()));
    XdsStream<DeltaWireRequest> stream = stream();
    ask(stream, XdsType.CLUSTER, "*");
    executor.runReady();
    assertThat(converged).isEmpty();
    time.advance(Duration.ofSeconds(2));
    say(
        stream,
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(XdsType.CLUSTER.typeUrl())
            .setResponseNonce(call.sent.get(0).getNonce()));
    assertThat(converged).containsExactly(Duration.ofSeconds(2));
  }

  @Test
  void streamThatAsksForNothingIsEnded() {
    stream();
    executor.advance(XdsLimits.DEFAULTS.firstRequestTimeout().minusMillis(1));
    assertThat(call.end).isNull();
    executor.advance(Duration.ofMillis(1));
    assertThat(call.end)
        .isNotNull()
        .returns(Status.Code.DEADLINE_EXCEEDED, Status::getCode)
        .returns("no first request for PT15S", Status::getDescription);
    assertThat(ended).hasSize(1);
    assertThat(executor.pending()).isZero();
  }

  @Test
  void streamThatHasAskedMayBeSilent() {
    XdsStream<DeltaWireRequest> stream = stream();
    ask(stream, XdsType.CLUSTER, "*");
    executor.runReady();
    assertThat(executor.pending()).isZero(); // nothing of the deadline is left
    executor.advance(Duration.ofDays(1));
    assertThat(call.end).isNull();
  }

  @Test
  void requestThatIsStillBeingAuthorizedIsNotMissing() {
    authorizer = (peer, node) -> executor.advance(Duration.ofHours(1)); // takes that long
    XdsStream<DeltaWireRequest> stream = stream();
    ask(stream, XdsType.CLUSTER, "*");
    executor.advance(Duration.ofHours(1));
    assertThat(call.end).isNull();
  }

  @Test
  void streamThatEndsLeavesNoTimerBehind() {
    XdsStream<DeltaWireRequest> stream = stream();
    stream.onCancel();
    assertThat(executor.pending()).isZero();
    assertThat(ended).isNotEmpty();
  }

  /** A client that reads everything. */
  private static final class Call extends ServerCall<DeltaWireRequest, WireResponse> {
    private final List<DeltaDiscoveryResponse> sent = new ArrayList<>();
    private @Nullable Status end;

    List<String> sentTypes() {
      return sent.stream().map(DeltaDiscoveryResponse::getTypeUrl).toList();
    }

    @Override
    public void sendMessage(WireResponse message) {
      try {
        sent.add(
            DeltaDiscoveryResponse.parseFrom(
                WireResponse.MARSHALLER.stream(message).readAllBytes()));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      end = status;
    }

    @Override
    public boolean isReady() {
      return end == null;
    }

    @Override
    public void request(int numMessages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<DeltaWireRequest, WireResponse> getMethodDescriptor() {
      throw new UnsupportedOperationException("nobody asks");
    }
  }
}
