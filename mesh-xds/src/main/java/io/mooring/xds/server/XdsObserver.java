package io.mooring.xds.server;

import io.grpc.Status;
import io.mooring.xds.node.ProxyNode;
import io.mooring.xds.push.PushObserver;
import io.mooring.xds.resource.XdsType;
import java.time.Duration;
import java.util.List;

/**
 * Hears what streams do, for metrics and logs. Called while the stream waits: implementations are
 * thread-safe and quick. Every method does nothing unless overridden.
 */
public interface XdsObserver extends PushObserver {

  /** Hears nothing. */
  XdsObserver NONE = new XdsObserver() {};

  /** Called when a stream's node was authorized. */
  default void streamOpened(ProxyNode node, PeerIdentity peer, long streamId) {}

  /** Called when a stream that was opened has ended; {@code OK} if the proxy ended it. */
  default void streamClosed(ProxyNode node, long streamId, Status status) {}

  /** Called when a stream was refused: limits, a missing node, authorization. */
  default void streamRefused(Status status) {}

  /** Called for every request of an open stream. */
  default void requestReceived(ProxyNode node, XdsType type) {}

  /**
   * Called for every response.
   *
   * @param bytes size of the message on the wire
   */
  default void responseSent(ProxyNode node, XdsType type, int resources, int removed, long bytes) {}

  /**
   * Called when a proxy accepted the newest response of a type.
   *
   * @param elapsed since it was sent
   */
  default void acknowledged(ProxyNode node, XdsType type, Duration elapsed) {}

  /**
   * Called when a proxy has accepted, of every type, all that a change made of its resources.
   *
   * @param elapsed since the change (before debouncing), or since the stream was opened
   */
  default void converged(ProxyNode node, Duration elapsed) {}

  /**
   * Called when a proxy rejected a response. Its resources are not sent again until they change.
   *
   * @param names resources of that response; the proxy may have applied some of them
   * @param message the proxy's own words
   */
  default void rejected(ProxyNode node, XdsType type, List<String> names, String message) {}
}
