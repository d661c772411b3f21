package io.mooring.xds.translate.listener;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.ExtraSourceAddress;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.mooring.model.Protocol;
import io.mooring.xds.resource.Pack;
import java.util.ArrayList;
import java.util.List;

/**
 * Translates what a workload serves to the clusters that lead from its proxy to the application.
 * Pure.
 *
 * <p>With capture, connections go on to the address that the client called, from {@code 127.0.0.6}:
 * by that source the capture rules tell them from new ones. A cluster without it would send each
 * connection back to the inbound listener, and again, until no port is left. Without capture they
 * go to the application on {@value #APPLICATION_ADDRESS}.
 */
public final class InboundClusters {

  /** The cluster of connections to ports that no service names. Only with capture. */
  public static final String PASSTHROUGH = "InboundPassthroughCluster";

  /** Where an application listens whose traffic is not captured. */
  static final String APPLICATION_ADDRESS = "127.0.0.1";

  private static final String OPTIONS_KEY =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private static final Duration CONNECT_TIMEOUT = Duration.newBuilder().setSeconds(10).build();
  private static final UInt32Value NO_LIMIT = UInt32Value.of(0xFFFF_FFFF);

  private InboundClusters() {}

  /** Returns {@code inbound|targetPort||}. */
  public static String name(int targetPort) {
    return "inbound|" + targetPort + "||";
  }

  /** Returns the inbound clusters, by target port; the passthrough cluster is the last one. */
  public static List<Cluster> translate(InboundListenerInput input) {
    List<Cluster> clusters = new ArrayList<>();
    for (InboundPort port : InboundPort.of(input)) {
      clusters.add(cluster(input.addressing(), port));
    }
    if (input.addressing().isCaptured()) {
      clusters.add(
          captured(PASSTHROUGH, input.addressing())
              .putTypedExtensionProtocolOptions(OPTIONS_KEY, Pack.any(options(Protocol.AUTO)))
              .build());
    }
    return clusters;
  }

  private static Cluster cluster(ListenerAddressing proxy, InboundPort port) {
    String name = name(port.targetPort());
    Cluster.Builder cluster =
        proxy.isCaptured() ? captured(name, proxy) : bound(name, port.targetPort());
    if (port.protocol().isHttp() || port.protocol() == Protocol.AUTO) {
      cluster.putTypedExtensionProtocolOptions(OPTIONS_KEY, Pack.any(options(port.protocol())));
    }
    return cluster.build();
  }

  private static Cluster.Builder captured(String name, ListenerAddressing proxy) {
    return begin(name)
        .setType(Cluster.DiscoveryType.ORIGINAL_DST)
        .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
        .setUpstreamBindConfig(fromOwnAddress(proxy));
  }

  private static Cluster.Builder bound(String name, int targetPort) {
    Endpoint application =
        Endpoint.newBuilder().setAddress(Sockets.address(APPLICATION_ADDRESS, targetPort)).build();
    return begin(name)
        .setType(Cluster.DiscoveryType.STATIC)
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(
                    LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(LbEndpoint.newBuilder().setEndpoint(application))));
  }

  private static Cluster.Builder begin(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setConnectTimeout(CONNECT_TIMEOUT)
        .setCircuitBreakers(
            CircuitBreakers.newBuilder()
                .addThresholds(
                    CircuitBreakers.Thresholds.newBuilder()
                        .setMaxConnections(NO_LIMIT)
                        .setMaxPendingRequests(NO_LIMIT)
                        .setMaxRequests(NO_LIMIT)
                        .setMaxRetries(NO_LIMIT)
                        .setTrackRemaining(true)));
  }

  private static BindConfig fromOwnAddress(ListenerAddressing proxy) {
    BindConfig.Builder bind =
        BindConfig.newBuilder()
            .setSourceAddress(Sockets.address("127.0.0.6", 0).getSocketAddress());
    if (proxy.ipv6()) {
      bind.addExtraSourceAddresses(
          ExtraSourceAddress.newBuilder().setAddress(Sockets.address("::6", 0).getSocketAddress()));
    }
    return bind.build();
  }

  private static HttpProtocolOptions options(Protocol protocol) {
    HttpProtocolOptions.Builder options = HttpProtocolOptions.newBuilder();
    if (protocol == Protocol.AUTO) {
      options
          .getUseDownstreamProtocolConfigBuilder()
          .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
          .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
    } else if (protocol.isHttp2()) {
      options
          .getExplicitHttpConfigBuilder()
          .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
    } else {
      options
          .getExplicitHttpConfigBuilder()
          .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
    }
    return options.build();
  }
}
