package io.mooring.identity.agent.health;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.identity.agent.svid.ControlPlaneLink.Connection;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Probes the workload and reports each change of its health, on one thread of its own. Thread-safe.
 */
public final class HealthMonitor implements AutoCloseable {

  private static final AtomicInteger THREADS = new AtomicInteger();

  private final HealthProber prober;
  private final HealthReporter reporter;
  private final ScheduledExecutorService thread;

  private HealthMonitor(
      HealthProber prober, HealthReporter reporter, ScheduledExecutorService thread) {
    this.prober = prober;
    this.reporter = reporter;
    this.thread = thread;
  }

  /**
   * Starts to probe.
   *
   * @param nodeJson the VM's node, as its Envoy has it
   * @param connections makes connections to the control plane as this VM
   * @param envoyReady whether Envoy serves
   * @param clock paces the probes and numbers the reports
   * @param random spreads the retries; must be thread-safe
   * @param onChange is told each change; called on the monitor's thread
   * @throws IllegalArgumentException if {@code nodeJson} is no node
   */
  public static HealthMonitor start(
      HealthPlan plan,
      String nodeJson,
      Supplier<Connection> connections,
      BooleanSupplier envoyReady,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Health> onChange) {
    Node node = node(nodeJson);
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "mooring-health-" + THREADS.incrementAndGet());
              made.setDaemon(true);
              return made;
            });
    HealthReporter reporter = new HealthReporter(connections, node, clock, thread, random);
    HealthProber prober =
        new HealthProber(
            plan,
            envoyReady,
            clock,
            thread,
            health -> {
              onChange.accept(health);
              reporter.report(health);
            });
    prober.start();
    return new HealthMonitor(prober, reporter, thread);
  }

  private static Node node(String json) {
    Node.Builder node = Node.newBuilder();
    try {
      JsonFormat.parser().ignoringUnknownFields().merge(json, node);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("envoy.json has no valid node: " + e.getMessage(), e);
    }
    return node.build();
  }

  /** Stops probing and ends the stream. Idempotent. */
  @Override
  public void close() {
    prober.close();
    reporter.close();
    thread.shutdownNow();
  }
}
