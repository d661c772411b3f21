package io.mooring.xds.mesh;

import io.mooring.model.Protocol;
import io.mooring.model.networking.Subset;
import io.mooring.model.networking.TrafficPolicy;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.xds.node.DestinationPolicy;
import io.mooring.xds.translate.cluster.ClusterName;
import io.mooring.xds.translate.cluster.TrafficPolicies;
import io.mooring.xds.translate.listener.TcpPolicy;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Gathers what DestinationRules say of the connections of one proxy. */
final class TcpPolicies {

  private TcpPolicies() {}

  /** Returns the policies by cluster, without those that say nothing. */
  static SortedMap<String, TcpPolicy> of(ScopedProxy proxy) {
    SortedMap<String, TcpPolicy> policies = new TreeMap<>();
    for (MeshService service : proxy.scope().services()) {
      Optional<DestinationPolicy> rules = proxy.scope().destinationPolicy(service, proxy.labels());
      rules.ifPresent(it -> add(policies, service, it));
    }
    return policies;
  }

  private static void add(
      SortedMap<String, TcpPolicy> policies, MeshService service, DestinationPolicy rules) {
    for (MeshPort port : service.ports()) {
      if (port.protocol() == Protocol.UDP || port.protocol().isHttp()) {
        continue;
      }
      TrafficPolicy ofPort = TrafficPolicies.ofPort(rules.trafficPolicy(), port.number());
      put(policies, ClusterName.outbound(port.number(), "", service.host()), ofPort);
      for (Subset subset : rules.subsets()) {
        put(
            policies,
            ClusterName.outbound(port.number(), subset.name(), service.host()),
            TrafficPolicies.ofSubset(ofPort, subset.trafficPolicy(), port.number()));
      }
    }
  }

  private static void put(
      SortedMap<String, TcpPolicy> policies, String cluster, TrafficPolicy policy) {
    TcpPolicy tcp = TcpPolicy.of(policy);
    if (!tcp.equals(TcpPolicy.NONE)) {
      policies.put(cluster, tcp);
    }
  }
}
