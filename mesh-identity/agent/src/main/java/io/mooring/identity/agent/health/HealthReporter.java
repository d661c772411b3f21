package io.mooring.identity.agent.health;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.StreamObserver;
import io.mooring.identity.agent.svid.ControlPlaneLink.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger log = LoggerFactory.getLogger(HealthReporter.class);
  private static final int UNHEALTHY = 500; // Istio's code
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
  private static final Duration MAX_BACK_OFF = Duration.ofSeconds(15);

  private final Supplier<Connection> connections;
  private final Node node;
  private final InstantSource clock;
  private final ScheduledExecutorService executor;
  private final RandomGenerator random;
  private volatile boolean closed;
  private volatile @Nullable Stream stream;
  private @Nullable Health latest;
  private long number;
  private boolean waiting;
  private int failures;

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
    this.connections = connections;
    this.node = node;
    this.clock = clock;
    this.executor = executor;
    this.random = random;
  }

  void report(Health health) {
    latest = health;
    number = Math.max(number + 1, clock.millis());
    Stream open = stream;
    if (open != null) {
      open.send(health);
    } else if (!waiting) {
      open();
    }
  }

  private void open() {
    waiting = false;
    Health health = latest;
    if (closed || health == null) {
      return;
    }
    Stream opened = new Stream(connections.get());
    stream = opened;
    opened.send(health);
    if (closed) {
      opened.connection.close(); // close() may have looked for it too early
    }
  }

  /**
   * The answer's version is the number that counts now: if it is above ours, the report was taken
   * for a late one, as after the clock was set back, and is sent again above it.
   */
  private void acknowledged(Stream which, String version) {
    which.answered = true;
    Health health = latest;
    if (health != null && version.matches("[0-9]{1,18}") && Long.parseLong(version) > number) {
      number = Long.parseLong(version) + 1;
      which.send(health);
    }
  }

  private void ended(Stream which, @Nullable Throwable failure) {
    which.connection.close();
    if (closed || stream != which) {
      return;
    }
    stream = null;
    waiting = true;
    failures = which.answered ? 1 : failures + 1;
    Duration doubled = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures - 1, 10));
    Duration longest = doubled.compareTo(MAX_BACK_OFF) < 0 ? doubled : MAX_BACK_OFF;
    long wait = (long) (longest.toMillis() * (1 - random.nextDouble() / 2));
    log.debug("event=health_stream_ended retry_after_millis={}", wait, failure);
    executor.schedule(this::open, wait, TimeUnit.MILLISECONDS);
  }

  /** Ends the stream; the control plane keeps the last report for as long as it keeps the VM. */
  @Override
  public void close() {
    closed = true;
    Stream open = stream;
    if (open != null) {
      open.connection.close();
    }
  }

  /** One stream; what its callbacks learn on another thread is handed over. */
  private final class Stream implements StreamObserver<DiscoveryResponse> {
    private final Connection connection;
    private final StreamObserver<DiscoveryRequest> requests;
    private boolean nodeSent;
    private boolean answered; // confined to the executor

    Stream(Connection connection) {
      this.connection = connection;
      this.requests =
          AggregatedDiscoveryServiceGrpc.newStub(connection.channel())
              .streamAggregatedResources(this);
    }

    void send(Health health) {
      DiscoveryRequest.Builder request =
          DiscoveryRequest.newBuilder().setTypeUrl(TYPE_URL).setVersionInfo(Long.toString(number));
      if (!nodeSent) {
        nodeSent = true;
        request.setNode(node);
      }
      if (!health.healthy()) {
        request.setErrorDetail(Status.newBuilder().setCode(UNHEALTHY).setMessage(health.message()));
      }
      requests.onNext(request.build());
    }

    @Override
    public void onNext(DiscoveryResponse response) {
      inTurn(() -> acknowledged(this, response.getVersionInfo()));
    }

    @Override
    public void onError(Throwable failure) {
      inTurn(() -> ended(this, failure));
    }

    @Override
    public void onCompleted() {
      inTurn(() -> ended(this, null));
    }

    private void inTurn(Runnable event) {
      try {
        executor.execute(event);
      } catch (RejectedExecutionException e) {
        log.debug("event=health_event_dropped reason=\"the agent ends\"", e);
      }
    }
  }
}
