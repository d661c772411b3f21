package io.mooring.testkit.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdsSubscriptionTest {

  private static final Node NODE = Node.newBuilder().setId("sidecar~10.0.0.1~a.demo~d").build();
  private static final HandMade CONFIG =
      HandMade.NOTHING
          .outbound("127.0.0.1", 9080, "9080")
          .route("9080", "\"route\": {\"cluster\": \"c\"}")
          .clusterAt("c", "10.0.0.1", 80);

  private final List<ResourceSet> seen = new CopyOnWriteArrayList<>();
  private HandMadeAds ads;
  private ManagedChannel channel;
  private @Nullable AdsSubscription subscription;

  @BeforeEach
  void start() throws IOException {
    ads = new HandMadeAds();
    ads.serve(CONFIG);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", ads.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    if (subscription != null) {
      subscription.close();
    }
    channel.shutdownNow();
    ads.close();
  }

  @Test
  void resourceThatIsNotWellFormedIsRejectedAndTheOldOnesStay() {
    subscribe();
    awaitLast(CONFIG);
    ads.serve(new HandMade(CONFIG.resources().with(XdsType.LISTENER, malformedListener())));
    ads.push(XdsType.LISTENER);
    await().until(() -> !rejections(XdsType.LISTENER).isEmpty());
    assertThat(seen).containsExactly(CONFIG.resources());
  }

  @Test
  void whatTheSinkRefusesIsANack() {
    subscription =
        AdsSubscription.open(
            channel,
            NODE,
            resources -> {
              throw new IllegalStateException("cannot bind 127.0.0.1:9080");
            });
    await()
        .untilAsserted(
            () ->
                assertThat(rejections(XdsType.ROUTE))
                    .containsExactly("cannot bind 127.0.0.1:9080"));
  }

  @Test
  void resourcesAreHandedOverOnlyWhenAllThatTheyNameIsThere() {
    HandMade withoutRoutes = new HandMade(CONFIG.resources().without(XdsType.ROUTE, "9080"));
    ads.serve(withoutRoutes);
    subscribe();
    await().until(() -> !ads.of(XdsType.ROUTE).isEmpty());
    assertThat(seen).isEmpty();

    ads.serve(CONFIG);
    ads.push(XdsType.ROUTE);
    awaitLast(CONFIG);
    assertThat(seen).hasSize(1);
  }

  @Test
  void subscribesAsEnvoyDoesAndAcknowledges() {
    subscribe();
    awaitLast(CONFIG);
    await().until(() -> ads.of(XdsType.ROUTE).size() == 2);
    assertThat(ads.requests.get(0).getNode()).isEqualTo(NODE);
    assertThat(ads.of(XdsType.ENDPOINT).get(0).getResourceNamesSubscribeList())
        .containsExactly("c");
    assertThat(ads.of(XdsType.ROUTE).get(0).getResourceNamesSubscribeList())
        .containsExactly("9080");
    assertThat(ads.requests).noneMatch(DeltaDiscoveryRequest::hasErrorDetail);
    assertThat(ads.requests.stream().filter(request -> request.hasNode())).hasSize(1);
  }

  @Test
  void removedClusterGoesAndIsNoLongerSubscribedTo() {
    HandMade two = CONFIG.clusterAt("d", "10.0.0.2", 80);
    ads.serve(two);
    subscribe();
    awaitLast(two);
    ads.serve(CONFIG);
    ads.push(XdsType.CLUSTER, "d");
    awaitLast(CONFIG);
    await()
        .until(
            () ->
                ads.of(XdsType.ENDPOINT).stream()
                    .anyMatch(r -> r.getResourceNamesUnsubscribeList().contains("d")));
  }

  @Test
  void removedEndpointResourceChangesNothing() {
    subscribe();
    awaitLast(CONFIG);
    ads.push(XdsType.ENDPOINT, "c");
    await().until(() -> ads.of(XdsType.ENDPOINT).size() == 3);
    assertThat(seen).allMatch(CONFIG.resources()::equals);
  }

  @Test
  void brokenStreamIsResumedWithTheVersionsItHas() {
    subscribe();
    awaitLast(CONFIG);
    HandMade changed = CONFIG.clusterAt("c", "10.0.0.9", 80);
    ads.serve(changed);
    int before = ads.of(XdsType.ENDPOINT).size();
    ads.breakStreams();
    awaitLast(changed);
    DeltaDiscoveryRequest resumed = ads.of(XdsType.ENDPOINT).get(before);
    String version = CONFIG.resources().get(XdsType.ENDPOINT, "c").orElseThrow().version();
    assertThat(resumed.getInitialResourceVersionsMap()).containsEntry("c", version);
    assertThat(resumed.getResourceNamesSubscribeList()).containsExactly("c");
  }

  private void subscribe() {
    subscription = AdsSubscription.open(channel, NODE, seen::add);
  }

  private void awaitLast(HandMade config) {
    await().untilAsserted(() -> assertThat(seen).isNotEmpty().last().isEqualTo(config.resources()));
  }

  private List<String> rejections(XdsType type) {
    return ads.of(type).stream()
        .filter(DeltaDiscoveryRequest::hasErrorDetail)
        .map(request -> request.getErrorDetail().getMessage())
        .toList();
  }

  private static VersionedResource malformedListener() {
    Any body =
        Any.newBuilder()
            .setTypeUrl(XdsType.LISTENER.typeUrl())
            .setValue(ByteString.copyFromUtf8("no listener"))
            .build();
    return VersionedResource.of("bad", body);
  }
}
