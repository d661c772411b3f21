package io.mooring.testkit.xds;

import static io.mooring.testkit.xds.InProcessXds.cluster;
import static io.mooring.testkit.xds.InProcessXds.endpoints;
import static io.mooring.xds.resource.XdsType.CLUSTER;
import static io.mooring.xds.resource.XdsType.ENDPOINT;
import static io.mooring.xds.resource.XdsType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.mooring.testkit.Row;
import io.mooring.testkit.xds.RawXds.Via;
import io.mooring.xds.resource.ResourceSet;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signs of life in the state of the world, where one version stands for all: rows 102 to 105. */
class RawHeartbeatsTest {

  private static final Node NODE =
      RawXds.NODE.toBuilder()
          .addClientFeatures("xds.config.supports-resource-ttl")
          .addClientFeatures("xds.config.supports-resource-in-sotw")
          .build();
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration BEAT = TTL.dividedBy(2);

  private static Resource wrapped(Any resource) {
    try {
      return resource.unpack(Resource.class);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static VersionedResource mortal(VersionedResource resource) {
    return resource.withTtl(TTL);
  }

  @Row({39, 65, 104})
  @ParameterizedTest
  @EnumSource
  void signOfLifeOfOneClusterComesWithAllOthers(Via via) {
    for (XdsType type : List.of(CLUSTER, LISTENER)) {
      try (RawXds xds = new RawXds()) {
        xds.resources.set(
            "one",
            ResourceSet.empty().with(type, mortal(cluster("a", 1))).with(type, cluster("b", 1)));
        RawSotw client = xds.sotw(via, type, NODE).ask(type);
        DiscoveryResponse first = client.take().get(0);
        client.accept(first);
        for (int beat = 0; beat < 3; beat++) {
          xds.timer.advance(BEAT);
          List<DiscoveryResponse> signs = client.take();
          assertThat(signs).hasSize(1);
          assertThat(signs.get(0).getVersionInfo()).isEqualTo(first.getVersionInfo());
          assertThat(signs.get(0).getResourcesList()).hasSize(2); // absence would be removal
          assertThat(wrapped(signs.get(0).getResources(0)).getName()).isEqualTo("a");
          assertThat(wrapped(signs.get(0).getResources(0)).hasResource()).isFalse();
          assertThat(signs.get(0).getResources(1)).isEqualTo(cluster("b", 1).body());
          client.accept(signs.get(0));
        }
      }
    }
  }

  @Row({40, 104, 105})
  @ParameterizedTest
  @EnumSource
  void signsOfLifeOfEndpointsComeAlone(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty()
              .with(ENDPOINT, mortal(endpoints("a", 1)))
              .with(ENDPOINT, endpoints("b", 1)));
      RawSotw client = xds.sotw(via, ENDPOINT, NODE).ask(ENDPOINT, "a", "b");
      String version = client.take().get(0).getVersionInfo();
      for (int beat = 0; beat < 3; beat++) { // and nobody answers them
        xds.timer.advance(BEAT);
        DiscoveryResponse sign = client.take().get(0);
        assertThat(sign.getResourcesList()).hasSize(1);
        assertThat(wrapped(sign.getResources(0)).hasResource()).isFalse();
        assertThat(wrapped(sign.getResources(0)).getTtl().getSeconds()).isEqualTo(10);
        assertThat(sign.getVersionInfo()).isEqualTo(version);
      }
    }
  }

  /** Seen: it takes a cluster away whose sign of life lacks the cluster. */
  @Row({102, 105})
  @ParameterizedTest
  @EnumSource
  void envoyGetsTheWholeResourceAsASignOfItsLife(Via via) {
    Node envoy = NODE.toBuilder().setUserAgentName("envoy").build();
    for (XdsType type : List.of(CLUSTER, ENDPOINT)) {
      try (RawXds xds = new RawXds()) {
        xds.resources.put("one", type, mortal(cluster("a", 1)));
        RawSotw client = xds.sotw(via, type, envoy).ask(type, "a");
        DiscoveryResponse first = client.take().get(0);
        client.accept(first, "a");
        xds.timer.advance(BEAT);
        DiscoveryResponse sign = client.take().get(0);
        assertThat(sign.getResourcesList()).isEqualTo(first.getResourcesList());
        assertThat(sign.getVersionInfo()).isEqualTo(first.getVersionInfo());
        assertThat(client.sent()).isEmpty();
      }
    }
  }

  @Row({86, 104, 105})
  @ParameterizedTest
  @EnumSource
  void clientThatComesBackUpToDateHearsAtOnceThatAllLivesOn(Via via) {
    try (RawXds xds = new RawXds()) {
      xds.resources.put("one", CLUSTER, mortal(cluster("a", 1)));
      String version = xds.sotw(via, CLUSTER, NODE).ask(CLUSTER).take().get(0).getVersionInfo();
      RawSotw client =
          xds.sotw(via, CLUSTER, NODE).send(CLUSTER, request -> request.setVersionInfo(version));
      DiscoveryResponse sign = client.take().get(0);
      assertThat(sign.getVersionInfo()).isEqualTo(version);
      assertThat(wrapped(sign.getResources(0)).getName()).isEqualTo("a");
      client.accept(sign);
      assertThat(client.sent()).isEmpty();
      xds.timer.advance(BEAT);
      assertThat(client.take()).hasSize(1);
    }
  }

  @Row({20, 104})
  @Test
  void signOfLifeAfterARejectionIsOfTheVersionThatIsInUse() {
    try (RawXds xds = new RawXds()) {
      xds.resources.set(
          "one",
          ResourceSet.empty()
              .with(ENDPOINT, mortal(endpoints("a", 1)))
              .with(ENDPOINT, endpoints("b", 1)));
      RawSotw client = xds.sotw(Via.AGGREGATED, ENDPOINT, NODE).ask(ENDPOINT, "a", "b");
      DiscoveryResponse good = client.take().get(0);
      client.accept(good, "a", "b");
      xds.resources.put("one", ENDPOINT, endpoints("b", 2));
      client.reject(client.take().get(0), good.getVersionInfo(), "a", "b");
      xds.timer.advance(BEAT);
      assertThat(client.take().get(0).getVersionInfo()).isEqualTo(good.getVersionInfo());
    }
  }
}
