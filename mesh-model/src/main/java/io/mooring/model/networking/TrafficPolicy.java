package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * How connections to a service are balanced, pooled, watched and secured. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = TrafficPolicy.Builder.class)
public interface TrafficPolicy {

  /** Returns how an endpoint is chosen. */
  Optional<LoadBalancerSettings> loadBalancer();

  /** Returns the limits of connections and requests. */
  Optional<ConnectionPoolSettings> connectionPool();

  /** Returns when an endpoint is left out for a while. */
  Optional<OutlierDetection> outlierDetection();

  /** Returns how connections are secured. */
  Optional<ClientTlsSettings> tls();

  /** Returns policies that replace this one for a port. */
  List<PortTrafficPolicy> portLevelSettings();

  /** Returns how TCP is tunnelled. */
  Optional<TunnelSettings> tunnel();

  /** Returns the PROXY protocol to speak. */
  Optional<ProxyProtocol> proxyProtocol();

  /** Returns the limit of concurrent retries. */
  Optional<RetryBudget> retryBudget();

  /** Tunnels TCP or TLS through HTTP. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = TunnelSettings.Builder.class)
  interface TunnelSettings {

    /** Returns {@code CONNECT}, the default, or {@code POST}. */
    @Value.Default
    default String protocol() {
      return "";
    }

    /** Returns the FQDN or IP to reach. */
    @Value.Default
    default String targetHost() {
      return "";
    }

    /** Returns the port to reach, 1..65535. */
    @Value.Default
    default int targetPort() {
      return 0;
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link TunnelSettings}. Not thread-safe. */
    final class Builder extends ImmutableTunnelSettings.Builder {
      Builder() {}
    }
  }

  /** The PROXY protocol of HAProxy. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ProxyProtocol.Builder.class)
  interface ProxyProtocol {

    /** Returns the version. */
    @Value.Default
    default Version version() {
      return Version.V1;
    }

    /** A version of the PROXY protocol. */
    enum Version {
      /** As text. */
      V1,
      /** As binary. */
      V2
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ProxyProtocol}. Not thread-safe. */
    final class Builder extends ImmutableProxyProtocol.Builder {
      Builder() {}
    }
  }

  /** A limit of concurrent retries relative to the active requests. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = RetryBudget.Builder.class)
  interface RetryBudget {

    /** Returns the share of active requests, 0..100; absent is 20. */
    OptionalDouble percent();

    /** Returns how many retries are always allowed; absent is 3. */
    OptionalLong minRetryConcurrency();

    /** Returns for how long a request counts as active; absent is until it is answered. */
    Optional<Duration> budgetInterval();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link RetryBudget}. Not thread-safe. */
    final class Builder extends ImmutableRetryBudget.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link TrafficPolicy}. Not thread-safe. */
  final class Builder extends ImmutableTrafficPolicy.Builder {
    Builder() {}
  }
}
