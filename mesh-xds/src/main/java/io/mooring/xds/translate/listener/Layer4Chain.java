package io.mooring.xds.translate.listener;

import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which connections go to which clusters. Immutable.
 *
 * @param match what a connection must look like
 * @param weightByCluster one cluster or more
 * @param policy what holds for the connections
 */
record Layer4Chain(
    FilterChainMatch match, SortedMap<String, Integer> weightByCluster, TcpPolicy policy) {

  Layer4Chain {
    weightByCluster = Collections.unmodifiableSortedMap(new TreeMap<>(weightByCluster));
  }
}
