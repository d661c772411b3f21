package io.mooring.xds.server;

import io.mooring.xds.node.ProxyNode;

/**
 * Hears of streams whose node was authorized. Calls for different streams overlap; those of one
 * stream do not, and come in order.
 */
public interface StreamListener {

  /** Hears nothing. */
  StreamListener NONE = new StreamListener() {};

  /**
   * Called when a stream's node was authorized, before the provider is asked for its resources:
   * what this method registers is already part of them. May block.
   *
   * @param streamId unique in this process
   * @throws io.grpc.StatusRuntimeException with which the stream is closed; {@link #disconnected}
   *     is not called then
   */
  default void connected(ProxyNode node, PeerIdentity peer, long streamId) {}

  /**
   * Called for each report of a workload's health, in their order. May block; the reporter is
   * answered when it returns, with version the returned number and nonce the report's.
   *
   * @return the number of the report that counts now: this one's, or that of a newer one
   * @throws io.grpc.StatusRuntimeException with which the stream is closed
   */
  default String healthReported(long streamId, HealthSignal signal) {
    return signal.number();
  }

  /** Called once for each stream that {@link #connected} accepted, when it ended. */
  default void disconnected(ProxyNode node, PeerIdentity peer, long streamId) {}
}
