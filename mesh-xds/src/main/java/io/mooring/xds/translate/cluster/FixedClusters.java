package io.mooring.xds.translate.cluster;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.mooring.xds.resource.Pack;

/** The clusters that every proxy has, whatever the mesh is. */
public final class FixedClusters {

  private FixedClusters() {}

  /** Returns the cluster that has no endpoints: what goes there is refused. */
  public static Cluster blackHole() {
    return Cluster.newBuilder()
        .setName(ClusterName.BLACK_HOLE)
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(ClusterDefaults.CONNECT_TIMEOUT)
        .build();
  }

  /**
   * Returns the cluster that sends a connection where the client was going. Works for captured
   * connections only; any other has no original destination and is refused.
   */
  public static Cluster passthrough() {
    return Cluster.newBuilder()
        .setName(ClusterName.PASSTHROUGH)
        .setType(Cluster.DiscoveryType.ORIGINAL_DST)
        .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
        .setConnectTimeout(ClusterDefaults.CONNECT_TIMEOUT)
        .setCircuitBreakers(ClusterDefaults.UNLIMITED)
        .putTypedExtensionProtocolOptions(
            UpstreamHttp.OPTIONS_KEY,
            Pack.any(
                UpstreamHttp.SAME_AS_CLIENT
                    .options(Http2ProtocolOptions.getDefaultInstance())
                    .build()))
        .build();
  }
}
