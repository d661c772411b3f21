package io.mooring.xds.translate.listener;

import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.type.v3.HashPolicy;
import io.mooring.xds.resource.Pack;
import java.util.SortedMap;

/** Network filters that copy bytes to a cluster. */
final class TcpProxies {

  private static final HashPolicy SOURCE_IP =
      HashPolicy.newBuilder().setSourceIp(HashPolicy.SourceIp.getDefaultInstance()).build();

  private TcpProxies() {}

  static Filter to(String cluster) {
    return filter(TcpProxy.newBuilder().setStatPrefix(cluster).setCluster(cluster));
  }

  /** Returns a filter that spreads the connections of a chain over its clusters. */
  static Filter of(Layer4Chain chain) {
    String first = chain.weightByCluster().firstKey();
    TcpProxy.Builder proxy = TcpProxy.newBuilder().setStatPrefix(first);
    if (chain.weightByCluster().size() == 1) {
      proxy.setCluster(first);
    } else {
      proxy.setWeightedClusters(weighted(chain.weightByCluster()));
    }
    if (chain.policy().bySourceIp()) {
      proxy.addHashPolicy(SOURCE_IP);
    }
    chain
        .policy()
        .idleTimeout()
        .ifPresent(
            timeout ->
                proxy.setIdleTimeout(
                    Duration.newBuilder()
                        .setSeconds(timeout.getSeconds())
                        .setNanos(timeout.getNano())));
    return filter(proxy);
  }

  private static TcpProxy.WeightedCluster weighted(SortedMap<String, Integer> weightByCluster) {
    TcpProxy.WeightedCluster.Builder clusters = TcpProxy.WeightedCluster.newBuilder();
    weightByCluster.forEach(
        (cluster, weight) ->
            clusters.addClusters(
                TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                    .setName(cluster)
                    .setWeight(weight)));
    return clusters.build();
  }

  private static Filter filter(TcpProxy.Builder proxy) {
    return Filter.newBuilder()
        .setName("envoy.filters.network.tcp_proxy")
        .setTypedConfig(Pack.any(proxy.build()))
        .build();
  }
}
