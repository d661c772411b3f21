package io.mooring.xds.micrometer;

import static java.util.Objects.requireNonNull;

import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.PeerIdentity;
import io.mooring.xds.server.XdsObserver;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Keeps meters of what the xDS server and its pushes do. Thread-safe.
 *
 * <pre>{@code
 * XdsObserver metrics = new MicrometerXdsObserver(registry);
 * PushService.builder(provider).observer(metrics);
 * XdsServer.builder(push).observer(metrics);
 * }</pre>
 *
 * <table>
 * <caption>Meters; {@code type} is the last part of a type URL, e.g. {@code Cluster}</caption>
 * <tr><th>name</th><th>kind</th><th>tags</th><th>meaning</th></tr>
 * <tr><td>mooring.xds.streams</td><td>gauge</td><td></td><td>open streams</td></tr>
 * <tr><td>mooring.xds.streams.closed</td><td>counter</td><td>code</td><td>streams that ended</td></tr>
 * <tr><td>mooring.xds.streams.refused</td><td>counter</td><td>code</td><td>streams that were not
 * admitted</td></tr>
 * <tr><td>mooring.xds.requests</td><td>counter</td><td>type</td><td>requests of clients</td></tr>
 * <tr><td>mooring.xds.responses</td><td>counter</td><td>type</td><td>responses sent</td></tr>
 * <tr><td>mooring.xds.response.bytes</td><td>counter</td><td>type</td><td>their bytes</td></tr>
 * <tr><td>mooring.xds.nacks</td><td>counter</td><td>type</td><td>responses rejected</td></tr>
 * <tr><td>mooring.xds.ack.time</td><td>timer</td><td>type</td><td>response to acceptance</td></tr>
 * <tr><td>mooring.xds.convergence.time</td><td>timer</td><td></td><td>change to the last acceptance
 * of a proxy</td></tr>
 * <tr><td>mooring.xds.push.queue.time</td><td>timer</td><td></td><td>change to start of work</td></tr>
 * <tr><td>mooring.xds.push.work.time</td><td>timer</td><td></td><td>the work; its count is that of
 * pushes</td></tr>
 * <tr><td>mooring.xds.push.failures</td><td>counter</td><td></td><td>pushes that failed</td></tr>
 * </table>
 *
 * <p>Types that are not of the Envoy API share the tag {@code other}: clients choose them, and each
 * would be a meter for ever.
 */
public final class MicrometerXdsObserver implements XdsObserver {

  private static final String OTHER = "other";
  private static final String ENVOY_PACKAGE = "type.googleapis.com/envoy.";
  private static final int MAX_TYPES = 32;

  private final MeterRegistry registry;
  private final AtomicInteger streams = new AtomicInteger();
  private final Timer convergence;
  private final Timer queued;
  private final Timer worked;
  private final Counter failures;
  private final Map<XdsType, OfType> metersByType =
      new ConcurrentSkipListMap<>(Comparator.comparing(XdsType::typeUrl));
  private final Map<Status.Code, Counter> closed = new ConcurrentSkipListMap<>();
  private final Map<Status.Code, Counter> refused = new ConcurrentSkipListMap<>();

  private record OfType(
      Counter requests, Counter responses, Counter bytes, Counter nacks, Timer acknowledged) {}

  /** Registers the meters. */
  public MicrometerXdsObserver(MeterRegistry registry) {
    this.registry = requireNonNull(registry, "registry");
    registry.gauge("mooring.xds.streams", streams);
    this.convergence = registry.timer("mooring.xds.convergence.time");
    this.queued = registry.timer("mooring.xds.push.queue.time");
    this.worked = registry.timer("mooring.xds.push.work.time");
    this.failures = registry.counter("mooring.xds.push.failures");
  }

  private OfType of(XdsType type) {
    OfType known = metersByType.get(type);
    if (known != null) {
      return known;
    }
    boolean own = type.typeUrl().startsWith(ENVOY_PACKAGE) && metersByType.size() < MAX_TYPES;
    OfType meters =
        meters(own ? type.typeUrl().substring(type.typeUrl().lastIndexOf('.') + 1) : OTHER);
    if (own) {
      metersByType.put(type, meters);
    }
    return meters;
  }

  private OfType meters(String tag) {
    return new OfType(
        registry.counter("mooring.xds.requests", "type", tag),
        registry.counter("mooring.xds.responses", "type", tag),
        registry.counter("mooring.xds.response.bytes", "type", tag),
        registry.counter("mooring.xds.nacks", "type", tag),
        registry.timer("mooring.xds.ack.time", "type", tag));
  }

  private Function<Status.Code, Counter> counterByCode(String name) {
    return code -> registry.counter(name, "code", code.name());
  }

  @Override
  public void streamOpened(ProxyNode node, PeerIdentity peer, long streamId) {
    streams.incrementAndGet();
  }

  @Override
  public void streamClosed(ProxyNode node, long streamId, Status status) {
    streams.decrementAndGet();
    closed
        .computeIfAbsent(status.getCode(), counterByCode("mooring.xds.streams.closed"))
        .increment();
  }

  @Override
  public void streamRefused(Status status) {
    refused
        .computeIfAbsent(status.getCode(), counterByCode("mooring.xds.streams.refused"))
        .increment();
  }

  @Override
  public void requestReceived(ProxyNode node, XdsType type) {
    of(type).requests().increment();
  }

  @Override
  public void responseSent(ProxyNode node, XdsType type, int resources, int removed, long bytes) {
    of(type).responses().increment();
    of(type).bytes().increment((double) bytes);
  }

  @Override
  public void acknowledged(ProxyNode node, XdsType type, Duration elapsed) {
    of(type).acknowledged().record(elapsed);
  }

  @Override
  public void rejected(ProxyNode node, XdsType type, List<String> names, String message) {
    of(type).nacks().increment();
  }

  @Override
  public void converged(ProxyNode node, Duration elapsed) {
    convergence.record(elapsed);
  }

  @Override
  public void pushed(ProxyNode node, Duration queuedFor, Duration workedFor) {
    queued.record(queuedFor);
    worked.record(workedFor);
  }

  @Override
  public void pushFailed(ProxyNode node, RuntimeException failure) {
    failures.increment();
  }
}
