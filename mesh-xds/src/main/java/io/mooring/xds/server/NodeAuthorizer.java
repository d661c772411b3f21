package io.mooring.xds.server;

import io.mooring.xds.node.ProxyNode;

/**
 * Decides whether a peer may speak as a node. Asked once a stream, on its first request, before
 * anything is answered; calls for different streams overlap.
 */
@FunctionalInterface
public interface NodeAuthorizer {

  /**
   * Lets everybody be whoever they say, be it nobody: a node without id, or no node at all. Only
   * for loopback and tests.
   */
  NodeAuthorizer ANYONE = (peer, node) -> {};

  /**
   * Returns if the peer owns the node.
   *
   * @throws io.grpc.StatusRuntimeException with which the stream is closed otherwise, e.g. {@code
   *     PERMISSION_DENIED}; its description is sent to the peer
   */
  void authorize(PeerIdentity peer, ProxyNode node);
}
