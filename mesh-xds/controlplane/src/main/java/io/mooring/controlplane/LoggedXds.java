package io.mooring.controlplane;

import io.grpc.Status;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.resource.XdsType;
import io.mooring.xds.server.PeerIdentity;
import io.mooring.xds.server.XdsObserver;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what an operator must act on, and passes everything on to the metrics. Thread-safe. */
final class LoggedXds implements XdsObserver {

  private static final Logger log = LoggerFactory.getLogger(MeshControlPlane.class);

  private final XdsObserver metrics;

  LoggedXds(XdsObserver metrics) {
    this.metrics = metrics;
  }

  @Override
  public void rejected(ProxyNode node, XdsType type, List<String> names, String message) {
    log.warn(
        "event=nack node=\"{}\" type={} resources={} message=\"{}\" hint=\"the proxy keeps the last"
            + " good version\"",
        Enrolment.printable(node.id()),
        type,
        Enrolment.printable(names.toString()),
        Enrolment.printable(message));
    metrics.rejected(node, type, names, message);
  }

  @Override
  public void streamOpened(ProxyNode node, PeerIdentity peer, long streamId) {
    log.debug("event=stream_opened stream={} node={}", streamId, node.id());
    metrics.streamOpened(node, peer, streamId);
  }

  @Override
  public void streamClosed(ProxyNode node, long streamId, Status status) {
    log.debug("event=stream_closed stream={} node={} status={}", streamId, node.id(), status);
    metrics.streamClosed(node, streamId, status);
  }

  @Override
  public void streamRefused(Status status) {
    metrics.streamRefused(status);
  }

  @Override
  public void requestReceived(ProxyNode node, XdsType type) {
    metrics.requestReceived(node, type);
  }

  @Override
  public void responseSent(ProxyNode node, XdsType type, int resources, int removed, long bytes) {
    metrics.responseSent(node, type, resources, removed, bytes);
  }

  @Override
  public void acknowledged(ProxyNode node, XdsType type, Duration elapsed) {
    metrics.acknowledged(node, type, elapsed);
  }

  @Override
  public void converged(ProxyNode node, Duration elapsed) {
    metrics.converged(node, elapsed);
  }

  @Override
  public void pushed(ProxyNode node, Duration queued, Duration worked) {
    metrics.pushed(node, queued, worked);
  }

  @Override
  public void pushFailed(ProxyNode node, RuntimeException failure) {
    metrics.pushFailed(node, failure);
  }
}
