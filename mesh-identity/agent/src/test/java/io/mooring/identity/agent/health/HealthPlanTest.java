package io.mooring.identity.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.networking.ReadinessProbe;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthPlanTest {

  private static final ReadinessProbe.TcpSocket TCP =
      ReadinessProbe.TcpSocket.builder().port(80).build();

  @Test
  void probeNeedsExactlyOneMethod() {
    assertThatThrownBy(() -> plan(ReadinessProbe.builder().build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 methods");
    assertThatThrownBy(
            () ->
                plan(
                    ReadinessProbe.builder()
                        .tcpSocket(TCP)
                        .grpc(ReadinessProbe.Grpc.builder().port(81).build())
                        .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 methods");
  }

  @Test
  void zeroMeansTheDefault() {
    HealthPlan plan =
        plan(
            ReadinessProbe.builder()
                .tcpSocket(TCP)
                .periodSeconds(0)
                .timeoutSeconds(0)
                .successThreshold(0)
                .failureThreshold(0)
                .initialDelaySeconds(-1)
                .build());
    assertThat(plan)
        .isEqualTo(
            new HealthPlan(
                new TcpProbe(new ProbeTarget("10.0.0.1", 80, true)),
                Duration.ZERO,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                1,
                3))
        .isEqualTo(plan(ReadinessProbe.builder().tcpSocket(TCP).build()));
  }

  @Test
  void everyMethodIsTaken() {
    ReadinessProbe.HttpGet http =
        ReadinessProbe.HttpGet.builder()
            .host("app.example")
            .port(8443)
            .scheme("https")
            .path("ready")
            .build();
    assertThat(plan(ReadinessProbe.builder().httpGet(http).build()).probe())
        .isEqualTo(
            new HttpProbe(new ProbeTarget("app.example", 8443, true), true, "/ready", List.of()));
    assertThat(
            plan(ReadinessProbe.builder()
                    .httpGet(ReadinessProbe.HttpGet.builder().port(80).build())
                    .build())
                .probe())
        .isEqualTo(new HttpProbe(new ProbeTarget("10.0.0.1", 80, true), false, "/", List.of()));
    assertThat(
            plan(ReadinessProbe.builder()
                    .grpc(ReadinessProbe.Grpc.builder().port(9).service("s").build())
                    .build())
                .probe())
        .isEqualTo(new GrpcProbe(new ProbeTarget("10.0.0.1", 9, true), "s"));
    assertThat(
            plan(ReadinessProbe.builder()
                    .exec(ReadinessProbe.Exec.builder().addCommand("true").build())
                    .build())
                .probe())
        .isEqualTo(new ExecProbe(List.of("true")));
  }

  private static HealthPlan plan(ReadinessProbe probe) {
    return HealthPlan.of(probe, "10.0.0.1", true);
  }
}
