package io.mooring.xds.translate.listener;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.xds.node.ProxyNode.Capture;
import io.mooring.xds.translate.cluster.ClusterName;

/** The two listeners that iptables redirects to, before anything of the mesh is in them. */
final class CaptureListeners {

  /** Where iptables sends what leaves the workload. */
  static final int OUTBOUND_PORT = 15001;

  /** Where iptables sends what arrives. */
  static final int INBOUND_PORT = 15006;

  private CaptureListeners() {}

  /**
   * Returns the listener that hands each connection to the listener of its destination, and lets it
   * pass where there is none.
   */
  static Listener outbound(ListenerAddressing proxy) {
    return begin("virtualOutbound", TrafficDirection.OUTBOUND, proxy, OUTBOUND_PORT)
        .setUseOriginalDst(BoolValue.of(true))
        .addFilterChains(
            FilterChain.newBuilder()
                .setName("virtualOutbound-catchall-tcp")
                .addFilters(TcpProxies.to(ClusterName.PASSTHROUGH)))
        .build();
  }

  /** Returns the inbound listener without the chains of any port. */
  static Listener.Builder inbound(ListenerAddressing proxy) {
    Listener.Builder listener =
        begin("virtualInbound", TrafficDirection.INBOUND, proxy, INBOUND_PORT)
            .addListenerFilters(Inspectors.ORIGINAL_DST);
    if (proxy.capture() == Capture.TPROXY) {
      listener.addListenerFilters(Inspectors.ORIGINAL_SRC);
    }
    return listener;
  }

  private static Listener.Builder begin(
      String name, TrafficDirection direction, ListenerAddressing proxy, int port) {
    Listener.Builder listener =
        Listener.newBuilder()
            .setName(name)
            .setTrafficDirection(direction)
            // Who calls the port itself would make the proxy call itself for ever.
            .addFilterChains(
                FilterChain.newBuilder()
                    .setName(name + "-blackhole")
                    .setFilterChainMatch(
                        FilterChainMatch.newBuilder().setDestinationPort(UInt32Value.of(port)))
                    .addFilters(TcpProxies.to(ClusterName.BLACK_HOLE)));
    Sockets.bind(listener, proxy.wildcards(), port);
    if (proxy.capture() == Capture.TPROXY) {
      listener.setTransparent(BoolValue.of(true));
    }
    return listener;
  }
}
