package io.mooring.identity.agent.health;

import io.mooring.model.networking.ReadinessProbe;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * When to probe, how, and how often a result must repeat. Immutable.
 *
 * <p>What the group leaves out or sets to zero is as the API of Istio says: each 10 s, for at most
 * 1 s, one success makes healthy, three failures make unhealthy. (Istio's own agent takes one
 * failure for three.)
 *
 * @param probe how to look
 * @param initialDelay before the first probe
 * @param period from the beginning of one probe to that of the next
 * @param timeout after which a probe has failed
 * @param successThreshold how many successes in a row make it healthy, 1 or more
 * @param failureThreshold how many failures in a row make it unhealthy, 1 or more
 */
public record HealthPlan(
    Probe probe,
    Duration initialDelay,
    Duration period,
    Duration timeout,
    int successThreshold,
    int failureThreshold) {

  private static final int PERIOD_SECONDS = 10;
  private static final int FAILURES = 3;

  /**
   * Returns the plan of a group's probe.
   *
   * @param ownHost where the workload is if the probe does not say
   * @param captured whether the VM's traffic is captured
   * @throws IllegalArgumentException unless the probe has exactly one method
   */
  public static HealthPlan of(ReadinessProbe probe, String ownHost, boolean captured) {
    return new HealthPlan(
        method(probe, ownHost, captured),
        Duration.ofSeconds(Math.max(0, probe.initialDelaySeconds())),
        Duration.ofSeconds(positive(probe.periodSeconds(), PERIOD_SECONDS)),
        Duration.ofSeconds(positive(probe.timeoutSeconds(), 1)),
        positive(probe.successThreshold(), 1),
        positive(probe.failureThreshold(), FAILURES));
  }

  private static Probe method(ReadinessProbe probe, String ownHost, boolean captured) {
    long methods =
        Stream.of(
                probe.httpGet().isPresent(),
                probe.tcpSocket().isPresent(),
                probe.exec().isPresent(),
                probe.grpc().isPresent())
            .filter(present -> present)
            .count();
    if (methods != 1) {
      throw new IllegalArgumentException(
          "probe has " + methods + " methods (expected: one of httpGet, tcpSocket, exec, grpc)");
    }
    if (probe.httpGet().isPresent()) {
      return http(probe.httpGet().get(), ownHost, captured);
    }
    if (probe.tcpSocket().isPresent()) {
      ReadinessProbe.TcpSocket tcp = probe.tcpSocket().get();
      return new TcpProbe(new ProbeTarget(or(tcp.host(), ownHost), tcp.port(), captured));
    }
    if (probe.grpc().isPresent()) {
      ReadinessProbe.Grpc grpc = probe.grpc().get();
      return new GrpcProbe(new ProbeTarget(ownHost, grpc.port(), captured), grpc.service());
    }
    return new ExecProbe(probe.exec().orElseThrow().command());
  }

  private static Probe http(ReadinessProbe.HttpGet http, String ownHost, boolean captured) {
    String path = or(http.path(), "/");
    return new HttpProbe(
        new ProbeTarget(or(http.host(), ownHost), http.port(), captured),
        HttpProbe.isHttps(http.scheme()),
        path.startsWith("/") ? path : "/" + path,
        http.httpHeaders());
  }

  private static String or(String text, String other) {
    return text.isEmpty() ? other : text;
  }

  private static int positive(int value, int otherwise) {
    return value > 0 ? value : otherwise;
  }
}
