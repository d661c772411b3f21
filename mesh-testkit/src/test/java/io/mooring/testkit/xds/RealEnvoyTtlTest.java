package io.mooring.testkit.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testkit.Row;
import io.mooring.testkit.envoy.TestEnvoy;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Envoy that keeps a cluster as long as it hears of it, and no longer. */
class RealEnvoyTtlTest {

  private static final Duration TTL = Duration.ofSeconds(2);

  private EnvoyMesh mesh;

  @BeforeEach
  void start() {
    mesh = new EnvoyMesh();
  }

  @AfterEach
  void stop() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  @Row({102, 103, 104, 105})
  void clusterLivesAsLongAsTheServerSaysSoAndNoLonger(String variant) {
    mesh.resources.set(
        "envoy",
        mesh.mesh("x", 0)
            .with(EnvoyMesh.cluster("other", 0))
            .with(mesh.endpoints("other"))
            .with(XdsType.CLUSTER, VersionedResource.of(EnvoyMesh.cluster("x", 0)).withTtl(TTL)));
    try (TestEnvoy envoy = mesh.envoyThatKnowsTimesToLive(variant)) {
      assertThat(EnvoyMesh.get(envoy)).isEqualTo(200);
      await()
          .during(TTL.multipliedBy(3))
          .atMost(TTL.multipliedBy(4))
          .until(() -> clusters(envoy).contains("x::") && clusters(envoy).contains("other::"));
      assertThat(EnvoyMesh.get(envoy)).isEqualTo(200);
      assertThat(envoy.stat("cluster_manager.cds.update_rejected")).isZero();
      mesh.stop();
      await().atMost(TTL.multipliedBy(3)).until(() -> !clusters(envoy).contains("x::"));
      assertThat(clusters(envoy)).contains("other::");
    }
  }

  private static String clusters(TestEnvoy envoy) {
    return envoy.get("/clusters");
  }
}
