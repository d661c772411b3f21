package io.mooring.xds.translate.cluster;

import io.mooring.model.networking.PortSelector;
import io.mooring.model.networking.PortTrafficPolicy;
import io.mooring.model.networking.TrafficPolicy;
import java.util.List;
import java.util.Optional;

/** Works out which traffic policy holds for one port of a service or of a subset. Pure. */
public final class TrafficPolicies {

  private static final TrafficPolicy NONE = TrafficPolicy.builder().build();

  private TrafficPolicies() {}

  /**
   * Returns the policy of one port of the whole service. A port-level entry replaces the policy as
   * a whole: what it leaves out is unset, not inherited.
   *
   * @param policy what the DestinationRule says of the service
   * @param port number of the service port
   * @return without port-level entries
   */
  public static TrafficPolicy ofPort(Optional<TrafficPolicy> policy, int port) {
    Optional<PortTrafficPolicy> entry = policy.flatMap(it -> entry(it, port));
    if (entry.isPresent()) {
      return ofEntry(entry.get()).build();
    }
    return policy.map(TrafficPolicies::withoutPorts).orElse(NONE);
  }

  /**
   * Returns the policy of one port of a subset. What the subset says for the port replaces
   * connection pool, load balancer, outlier detection and TLS of the service even where it is
   * silent; without such an entry the subset overrides what it names and inherits the rest.
   *
   * @param ofPort the policy of the port of the whole service
   * @param subset what the DestinationRule says of the subset
   * @param port number of the service port
   */
  public static TrafficPolicy ofSubset(
      TrafficPolicy ofPort, Optional<TrafficPolicy> subset, int port) {
    if (subset.isEmpty()) {
      return ofPort;
    }
    Optional<PortTrafficPolicy> entry = entry(subset.get(), port);
    if (entry.isPresent()) {
      return ofEntry(entry.get())
          .tunnel(ofPort.tunnel())
          .proxyProtocol(ofPort.proxyProtocol())
          .retryBudget(ofPort.retryBudget())
          .build();
    }
    TrafficPolicy own = subset.get();
    return TrafficPolicy.builder()
        .loadBalancer(own.loadBalancer().or(ofPort::loadBalancer))
        .connectionPool(own.connectionPool().or(ofPort::connectionPool))
        .outlierDetection(own.outlierDetection().or(ofPort::outlierDetection))
        .tls(own.tls().or(ofPort::tls))
        .tunnel(own.tunnel().or(ofPort::tunnel))
        .proxyProtocol(own.proxyProtocol().or(ofPort::proxyProtocol))
        .retryBudget(own.retryBudget().or(ofPort::retryBudget))
        .build();
  }

  private static Optional<PortTrafficPolicy> entry(TrafficPolicy policy, int port) {
    return policy.portLevelSettings().stream()
        .filter(entry -> entry.port().map(PortSelector::number).orElse(0) == port)
        .findFirst();
  }

  private static TrafficPolicy.Builder ofEntry(PortTrafficPolicy entry) {
    TrafficPolicy.Builder policy = TrafficPolicy.builder();
    entry.loadBalancer().ifPresent(policy::loadBalancer);
    entry.connectionPool().ifPresent(policy::connectionPool);
    entry.outlierDetection().ifPresent(policy::outlierDetection);
    entry.tls().ifPresent(policy::tls);
    return policy;
  }

  private static TrafficPolicy withoutPorts(TrafficPolicy policy) {
    return policy.portLevelSettings().isEmpty()
        ? policy
        : TrafficPolicy.builder().from(policy).portLevelSettings(List.of()).build();
  }
}
