package io.mooring.controlplane.admin;

import io.grpc.Status;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.PeerIdentity;
import io.mooring.xds.server.XdsObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts what the xDS server does, and prints it in Prometheus' text format. Thread-safe, without a
 * metrics library.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
public final class Metrics implements XdsObserver {

  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final Map<String, LongSupplier> gauges = new ConcurrentHashMap<>();

  /** Adds a value that is read when the page is. */
  public void gauge(String name, LongSupplier value) {
    gauges.put(name, value);
  }

  /** Adds to a counter; {@code name} ends in {@code _total} and may carry labels. */
  public void add(String name, long amount) {
    counters.computeIfAbsent(name, key -> new LongAdder()).add(amount);
  }

  @Override
  public void streamOpened(ProxyNode node, PeerIdentity peer, long streamId) {
    add("mooring_xds_streams_opened_total", 1);
  }

  @Override
  public void streamClosed(ProxyNode node, long streamId, Status status) {
    add("mooring_xds_streams_closed_total{code=\"" + status.getCode() + "\"}", 1);
  }

  @Override
  public void streamRefused(Status status) {
    add("mooring_xds_streams_refused_total{code=\"" + status.getCode() + "\"}", 1);
  }

  @Override
  public void responseSent(ProxyNode node, XdsType type, int resources, int removed, long bytes) {
    String labels = "{type=\"" + type.typeUrl() + "\"}";
    add("mooring_xds_responses_total" + labels, 1);
    add("mooring_xds_response_bytes_total" + labels, bytes);
  }

  @Override
  public void rejected(ProxyNode node, XdsType type, List<String> names, String message) {
    add("mooring_xds_nacks_total{type=\"" + type.typeUrl() + "\"}", 1);
  }

  @Override
  public void converged(ProxyNode node, Duration elapsed) {
    add("mooring_xds_convergences_total", 1);
    add("mooring_xds_convergence_microseconds_total", elapsed.toNanos() / 1_000);
  }

  @Override
  public void pushed(ProxyNode node, Duration queued, Duration made) {
    add("mooring_xds_pushes_total", 1);
    add("mooring_xds_push_queue_microseconds_total", queued.toNanos() / 1_000);
    add("mooring_xds_push_generation_microseconds_total", made.toNanos() / 1_000);
  }

  @Override
  public void pushFailed(ProxyNode node, RuntimeException failure) {
    add("mooring_xds_push_failures_total", 1);
  }

  /** Returns every counter and gauge, sorted by name. */
  public String print() {
    Map<String, Long> values = new TreeMap<>();
    counters.forEach((name, counter) -> values.put(name, counter.sum()));
    gauges.forEach((name, gauge) -> values.put(name, gauge.getAsLong()));
    StringBuilder text = new StringBuilder();
    String family = "";
    for (Map.Entry<String, Long> value : values.entrySet()) {
      String name = value.getKey();
      int labels = name.indexOf('{');
      String ownFamily = labels < 0 ? name : name.substring(0, labels);
      if (!ownFamily.equals(family)) {
        family = ownFamily;
        String type = family.endsWith("_total") ? "counter" : "gauge";
        text.append("# TYPE ").append(family).append(' ').append(type).append('\n');
      }
      text.append(name).append(' ').append(value.getValue()).append('\n');
    }
    return text.toString();
  }
}
