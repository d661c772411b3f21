package io.mooring.identity.agent.health;

import static java.util.Objects.requireNonNull;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.agent.svid.ControlPlaneLink.Connection;
import io.mooring.identity.agent.svid.StandingCall;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells the control plane of the workload's health as Istio's agent does: a discovery request of
 * type {@value #TYPE_URL} for each change, unhealthy ones with an error. The last report is sent
 * again on each new stream. The version of a request is the report's number, which grows with every
 * report, over restarts too (it begins with the time), so that a late one is known as such.
 *
 * <p>Istio's agent puts the reports into Envoy's stream, which passes through it. Here Envoy talks
 * to the control plane without us, which survives our end, and reports have a stream of their own,
 * of the same node. It opens with the first report.
 *
 * <p>Confined to tasks of the executor; {@link #close} may be called from any thread.
 */
final class HealthReporter implements AutoCloseable {

  static final String TYPE_URL = "type.googleapis.com/istio.v1.HealthInformation";

  private static final int UNHEALTHY = 500; // Istio's code

  private final Node node;
  private final InstantSource clock;
  private final StandingCall<DiscoveryResponse> call;
  private @Nullable StreamObserver<DiscoveryRequest> requests;
  private boolean nodeSent;
  private @Nullable Health latest;
  private long number;

  /**
   * Creates a reporter; it connects with the first report.
   *
   * @param connections makes connections as this VM
   * @param node the VM's, as its Envoy has it
   * @param clock where numbers begin
   */
  HealthReporter(
      Supplier<Connection> connections,
      Node node,
      InstantSource clock,
      ScheduledExecutorService executor,
      RandomGenerator random) {
    this.node = node;
    this.clock = clock;
    this.call =
        new StandingCall<>(
            "health",
            connections,
            executor,
            random,
            this::begin,
            response -> acknowledged(response.getVersionInfo()));
  }

  void report(Health health) {
    latest = health;
    number = Math.max(number + 1, clock.millis());
    if (call.isOpen()) {
      send(health);
    } else {
      call.open();
    }
  }

  private void begin(Channel channel, StreamObserver<DiscoveryResponse> responses) {
    requests = AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(responses);
    nodeSent = false;
    send(requireNonNull(latest, "latest"));
  }

  private void send(Health health) {
    DiscoveryRequest.Builder request =
        DiscoveryRequest.newBuilder().setTypeUrl(TYPE_URL).setVersionInfo(Long.toString(number));
    if (!nodeSent) {
      nodeSent = true;
      request.setNode(node);
    }
    if (!health.healthy()) {
      request.setErrorDetail(Status.newBuilder().setCode(UNHEALTHY).setMessage(health.message()));
    }
    requireNonNull(requests, "requests").onNext(request.build());
  }

  /**
   * The answer's version is the number that counts now: if it is above ours, the report was taken
   * for a late one, as after the clock was set back, and is sent again above it.
   */
  private void acknowledged(String version) {
    if (version.matches("[0-9]{1,18}") && Long.parseLong(version) > number) {
      number = Long.parseLong(version) + 1;
      send(requireNonNull(latest, "latest"));
    }
  }

  /** Ends the stream; the control plane keeps the last report for as long as it keeps the VM. */
  @Override
  public void close() {
    call.close();
  }
}
