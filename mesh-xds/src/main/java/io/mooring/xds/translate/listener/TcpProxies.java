package io.mooring.xds.translate.listener;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.mooring.xds.resource.Pack;
import java.util.SortedMap;

/** Network filters that copy bytes to a cluster. */
final class TcpProxies {

  private TcpProxies() {}

  static Filter to(String cluster) {
    return filter(TcpProxy.newBuilder().setStatPrefix(cluster).setCluster(cluster));
  }

  /**
   * Returns a filter that spreads connections over clusters.
   *
   * @param weightByCluster one cluster or more; weights above 0
   */
  static Filter to(SortedMap<String, Integer> weightByCluster) {
    if (weightByCluster.size() == 1) {
      return to(weightByCluster.firstKey());
    }
    TcpProxy.WeightedCluster.Builder clusters = TcpProxy.WeightedCluster.newBuilder();
    weightByCluster.forEach(
        (cluster, weight) ->
            clusters.addClusters(
                TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                    .setName(cluster)
                    .setWeight(weight)));
    return filter(
        TcpProxy.newBuilder()
            .setStatPrefix(weightByCluster.firstKey())
            .setWeightedClusters(clusters));
  }

  private static Filter filter(TcpProxy.Builder proxy) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.tcp_proxy")
        .setTypedConfig(Pack.any(proxy.build()))
        .build();
  }
}
