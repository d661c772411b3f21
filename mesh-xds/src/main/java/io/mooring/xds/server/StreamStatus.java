package io.mooring.xds.server;

import io.mooring.xds.node.ProxyNode;
import java.util.List;

/**
 * One open stream. Immutable.
 *
 * @param streamId unique in this process
 * @param node who speaks
 * @param peer who proved to be
 * @param delta whether the stream is incremental
 * @param types what was asked for, in the order in which types are sent
 */
public record StreamStatus(
    long streamId, ProxyNode node, PeerIdentity peer, boolean delta, List<TypeStatus> types) {

  public StreamStatus {
    types = List.copyOf(types);
  }
}
