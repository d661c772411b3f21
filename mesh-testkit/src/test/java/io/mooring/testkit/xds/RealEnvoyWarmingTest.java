package io.mooring.testkit.xds;

import static io.mooring.xds.resource.XdsType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.testkit.Row;
import io.mooring.testkit.envoy.TestEnvoy;
import io.mooring.xds.resource.VersionedResource;
import io.mooring.xds.resource.XdsType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real Envoy behind a wire tap: clusters that change alone, streams that are cut while a cluster
 * warms, virtual hosts on demand, and every byte that is sent for it.
 */
class RealEnvoyWarmingTest {

  /** How often; 100 for a measurement: {@code -Dmooring.envoy.rounds=100}. */
  private static final int ROUNDS = Integer.getInteger("mooring.envoy.rounds", 12);

  private static final Duration SECONDS = Duration.ofSeconds(10);
  private static final Duration WARM = Duration.ofSeconds(1);

  private EnvoyMesh mesh;
  private WireTap tap;

  @BeforeEach
  void start() {
    mesh = new EnvoyMesh();
    tap = new WireTap(mesh.port());
  }

  @AfterEach
  void stop() {
    if (mesh != null) {
      tap.close();
      mesh.close();
    }
  }

  @Row({78, 79, 81})
  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void clusterThatChangesAloneIsWarmWithinASecond(
      String variant, TestReporter report, TestInfo info) {
    mesh.resources.set("envoy", mesh.mesh("x", 0));
    try (TestEnvoy envoy = mesh.envoy(variant, tap.port())) {
      assertThat(EnvoyMesh.get(envoy)).isEqualTo(200);
      List<Duration> warm = new ArrayList<>();
      for (int round = 1; round <= ROUNDS; round++) {
        warm.add(untilWarm(envoy, round));
      }
      report.publishEntry(info.getDisplayName(), "slowest " + slowest(warm));
      assertThat(slowest(warm)).isLessThan(WARM);
      assertThat(EnvoyMesh.get(envoy)).isEqualTo(200);
      assertThat(envoy.stat("cluster_manager.cds.update_rejected")).isZero();
      assertThat(envoy.stat("cluster.x.assignment_use_cached")).isZero();
      await().until(mesh::everythingIsAcknowledged);
    }
  }

  /** Cut where it hurts: before the cluster is sent, before its endpoints, right after them. */
  @Row({81, 83, 88, 89})
  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void streamThatIsCutWhileAClusterWarmsIsHealedByTheNextWithinASecond(
      String variant, TestReporter report, TestInfo info) {
    mesh.resources.set("envoy", mesh.mesh("x", 0));
    try (TestEnvoy envoy = mesh.envoy(variant, tap.port())) {
      assertThat(EnvoyMesh.get(envoy)).isEqualTo(200);
      List<Duration> warm = new ArrayList<>();
      for (int round = 1; round <= ROUNDS; round++) {
        switch (round % 3) {
          case 0 -> tap.cutNow();
          case 1 -> tap.cutAfter(response("Cluster"));
          default -> tap.cutAfter(response("ClusterLoadAssignment"));
        }
        warm.add(untilWarm(envoy, round));
        assertThat(EnvoyMesh.get(envoy)).isEqualTo(200);
      }
      report.publishEntry(info.getDisplayName(), "slowest " + slowest(warm));
      assertThat(slowest(warm)).isLessThan(WARM);
      assertThat(envoy.stat("cluster_manager.cds.update_rejected")).isZero();
      assertThat(envoy.stat("cluster_manager.warming_clusters")).isZero();
      await().until(mesh::everythingIsAcknowledged);
    }
  }

  /** Changes the cluster alone; returns how long it took until the new one was in use. */
  private Duration untilWarm(TestEnvoy envoy, int revision) {
    long begin = System.nanoTime();
    mesh.resources.update("envoy", set -> set.with(EnvoyMesh.cluster("x", revision)));
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .atMost(SECONDS)
        .until(
            () -> {
              JsonNode dump = clusters(envoy);
              return dump.findPath("dynamic_warming_clusters").isMissingNode()
                  && dump.findPath("dynamic_active_clusters")
                      .toString()
                      .contains("\"r" + revision + "\"");
            });
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static JsonNode clusters(TestEnvoy envoy) {
    try {
      for (JsonNode config :
          new ObjectMapper().readTree(envoy.get("/config_dump")).get("configs")) {
        if (config.get("@type").textValue().endsWith("ClustersConfigDump")) {
          return config;
        }
      }
      throw new IllegalStateException("no clusters in the dump");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Duration slowest(List<Duration> times) {
    return times.stream().max(Duration::compareTo).orElseThrow();
  }

  private static Predicate<WireTap.Message> response(String type) {
    return message -> message.response() && message.type().equals(type);
  }

  @Row({95, 96, 97, 98})
  @Test
  void virtualHostsComeOnDemandAndAnUnknownOneIsToldAtOnce() {
    mesh.resources.set(
        "envoy",
        mesh.mesh("x", 0)
            .with(EnvoyMesh.routeOnDemand())
            .with(
                XdsType.VIRTUAL_HOST,
                VersionedResource.virtualHost("r", EnvoyMesh.virtualHost("v", "v.demo", "x"))));
    try (TestEnvoy envoy = mesh.envoy("DELTA_GRPC", tap.port())) {
      assertThat(EnvoyMesh.get(envoy, "v.demo")).isEqualTo(200);
      long begin = System.nanoTime();
      assertThat(EnvoyMesh.get(envoy, "nobody.demo")).isEqualTo(404);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(WARM);
      mesh.resources.update(
          "envoy",
          set ->
              set.with(
                  EnvoyMesh.routeOnDemand().toBuilder().addInternalOnlyHeaders("x-a").build()));
      await()
          .atMost(SECONDS)
          .until(() -> envoy.get("/config_dump?resource=dynamic_route_configs").contains("x-a"));
      assertThat(EnvoyMesh.get(envoy, "v.demo")).isEqualTo(200);
      mesh.resources.update(
          "envoy",
          set ->
              set.with(
                  XdsType.VIRTUAL_HOST,
                  VersionedResource.virtualHost(
                      "r", EnvoyMesh.virtualHost("n", "nobody.demo", "x"))));
      await().atMost(SECONDS).until(() -> EnvoyMesh.get(envoy, "nobody.demo") == 200);
    }
  }

  @Row({30, 31, 58, 71, 72, 73, 74, 80, 88})
  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void wireCarriesWhatDiffersInOrderAndNothingElse(String variant) {
    boolean delta = variant.equals("DELTA_GRPC");
    mesh.resources.set("envoy", mesh.mesh("x", 0));
    try (TestEnvoy envoy = mesh.envoy(variant, tap.port())) {
      assertThat(EnvoyMesh.get(envoy)).isEqualTo(200);
      await().until(mesh::everythingIsAcknowledged);
      assertThat(tap.responsesSince(0))
          .extracting(Object::toString)
          .containsExactly(
              "<Cluster[x]", "<ClusterLoadAssignment[x]", "<Listener[l]", "<RouteConfiguration[r]");

      // No-ops: an equal snapshot, another label, and, twice, a change of something nobody wants.
      int before = tap.messages().size();
      mesh.resources.set("envoy", mesh.mesh("x", 0));
      mesh.resources.update("envoy", set -> set.labelled("another"));
      mesh.resources.update("envoy", set -> set.with(mesh.endpoints("unwanted")));
      mesh.resources.update("envoy", set -> set.without(XdsType.ENDPOINT, "unwanted"));

      // Everything at once: what is new first, what is gone last.
      mesh.resources.set("envoy", mesh.mesh("y", 0));
      await().atMost(SECONDS).until(() -> !envoy.get("/clusters").contains("x::"));
      await().until(mesh::everythingIsAcknowledged);
      assertThat(tap.responsesSince(before))
          .extracting(Object::toString)
          .startsWith(
              delta ? "<Cluster[y]" : "<Cluster[x, y]",
              "<ClusterLoadAssignment[y]",
              "<RouteConfiguration[r]",
              delta ? "<Cluster[]-[x]" : "<Cluster[y]")
          .noneMatch(text -> text.contains("Listener") || text.contains("unwanted"));

      // A stream that is cut: what Envoy has, it is not sent again.
      int settled = tap.messages().size();
      tap.cutNow();
      await()
          .atMost(SECONDS)
          .until(
              () ->
                  tap.messages().stream().skip(settled).filter(it -> !it.response()).count() >= 4);
      mesh.resources.update(
          "envoy", set -> set.with(EnvoyMesh.listener().toBuilder().setStatPrefix("z").build()));
      await()
          .atMost(SECONDS)
          .until(
              () ->
                  tap.responsesSince(settled).stream()
                      .anyMatch(message -> message.type().equals("Listener")));
      if (delta) {
        assertThat(tap.responsesSince(settled))
            .extracting(Object::toString)
            .containsExactly("<Listener[l]");
      } else { // a name without a version proves nothing: endpoints and routes come once more
        assertThat(tap.responsesSince(settled))
            .extracting(Object::toString)
            .containsOnlyOnce("<Listener[l]")
            .doesNotContain("<Cluster[y]");
      }
      assertThat(mesh.resources.get("envoy").orElseThrow().resources(LISTENER)).hasSize(1);
    }
  }
}
