package io.mooring.testkit.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testkit.envoy.TestEnvoy;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hand-made resources and a real Envoy with requests under way, over plaintext on loopback. */
class RealEnvoyTest {

  private static final Duration SECONDS = Duration.ofSeconds(10);

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
  void repointedRouteLosesNoRequest(String variant) throws InterruptedException {
    mesh.resources.set("envoy", mesh.mesh("x0", 0));
    try (TestEnvoy envoy = mesh.envoy(variant, mesh.port());
        Load load = new Load(envoy)) {
      for (int step = 1; step <= 10; step++) {
        String name = "x" + step;
        mesh.resources.set("envoy", mesh.mesh(name, 0));
        await().atMost(SECONDS).until(() -> envoy.get("/clusters").contains(name + "::"));
        await()
            .atMost(SECONDS)
            .until(
                () ->
                    !envoy
                        .get("/clusters")
                        .contains("x" + (Integer.parseInt(name.substring(1)) - 1) + "::"));
      }
      assertThat(load.statuses()).isNotEmpty().containsOnly(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void servesOnWithoutControlPlaneAndCatchesUp(String variant) throws InterruptedException {
    mesh.resources.set("envoy", mesh.mesh("x", 0));
    try (TestEnvoy envoy = mesh.envoy(variant, mesh.port());
        Load load = new Load(envoy)) {
      mesh.restart(
          () -> {
            await().atMost(SECONDS).until(() -> envoy.stat("control_plane.connected_state") == 0);
            mesh.resources.set("envoy", mesh.mesh("y", 0));
          });
      await().atMost(SECONDS).until(() -> activeClusters(envoy).contains("\"y\""));
      await().atMost(SECONDS).until(() -> !activeClusters(envoy).contains("\"x\""));
      await().until(mesh::everythingIsAcknowledged);
      List<Integer> statuses = load.statuses();
      assertThat(EnvoyMesh.get(envoy)).isEqualTo(200);
      if (variant.equals("DELTA_GRPC")) { // a state-of-the-world client does not say that it has x
        assertThat(statuses).isNotEmpty().containsOnly(200);
      }
    }
  }

  private static String activeClusters(TestEnvoy envoy) {
    return envoy.get("/config_dump?resource=dynamic_active_clusters");
  }

  /** Requests through Envoy, one after the other, until it is closed. */
  private static final class Load implements AutoCloseable {
    private final List<Integer> statuses = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean running = true;

    Load(TestEnvoy envoy) {
      EnvoyMesh.get(envoy);
      thread =
          new Thread(
              () -> {
                while (running) {
                  statuses.add(status(envoy));
                }
              },
              "load");
      thread.setDaemon(true);
      thread.start();
    }

    /** A request that fails otherwise than by a status counts as 0. */
    private static int status(TestEnvoy envoy) {
      try {
        return EnvoyMesh.get(envoy);
      } catch (UncheckedIOException e) {
        return 0;
      }
    }

    List<Integer> statuses() throws InterruptedException {
      running = false;
      thread.join();
      return statuses;
    }

    @Override
    public void close() {
      running = false;
    }
  }
}
