package io.mooring.xds.translate.listener;

import static java.util.Objects.requireNonNull;

import io.mooring.model.networking.ConnectionPoolSettings;
import io.mooring.model.networking.ConnectionPoolSettings.TcpSettings;
import io.mooring.model.networking.ConsistentHashLb;
import io.mooring.model.networking.LoadBalancerSettings;
import io.mooring.model.networking.TrafficPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * What a traffic policy says of connections that are copied as they are. Immutable.
 *
 * @param bySourceIp whether the client's IP chooses the endpoint
 * @param idleTimeout how long a connection may be silent; zero is for ever, absent is 1 h
 */
public record TcpPolicy(boolean bySourceIp, Optional<Duration> idleTimeout) {

  /** Nothing said. */
  public static final TcpPolicy NONE = new TcpPolicy(false, Optional.empty());

  public TcpPolicy {
    requireNonNull(idleTimeout, "idleTimeout");
  }

  /** Returns what the policy of one port of a service, or of a subset, says. */
  public static TcpPolicy of(TrafficPolicy policy) {
    return new TcpPolicy(
        policy
            .loadBalancer()
            .flatMap(LoadBalancerSettings::consistentHash)
            .flatMap(ConsistentHashLb::useSourceIp)
            .orElse(false),
        policy
            .connectionPool()
            .flatMap(ConnectionPoolSettings::tcp)
            .flatMap(TcpSettings::idleTimeout));
  }
}
