package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.ConnectionPoolSettings;
import io.mooring.model.networking.ProxyImage;
import io.mooring.model.networking.ReadinessProbe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * The settings of proxies that do not say themselves, {@code MeshConfig.defaultConfig}. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig">ProxyConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ProxyDefaults.Builder.class)
public interface ProxyDefaults {

  /** Returns the directory of generated files. */
  @Value.Default
  default String configPath() {
    return "./etc/istio/proxy";
  }

  /** Returns the program. */
  @Value.Default
  default String binaryPath() {
    return "/usr/local/bin/envoy";
  }

  /** Returns the name of the service in traces; excludes {@link #tracingServiceName()}. */
  Optional<String> serviceCluster();

  /** Returns how the name of the service in traces is made. */
  Optional<TracingServiceName> tracingServiceName();

  /** Returns how long a hot restart drains; absent is 45 s. */
  Optional<Duration> drainDuration();

  /** Returns the deprecated time after which a hot restart ends the old proxy. */
  Optional<Duration> parentShutdownDuration();

  /** Returns the address of the control plane, {@code host:port}. */
  @Value.Default
  default String discoveryAddress() {
    return "";
  }

  /** Returns a deprecated delay. */
  Optional<Duration> discoveryRefreshDelay();

  /** Returns the deprecated form of {@code tracing.zipkin.address}. */
  @Value.Default
  default String zipkinAddress() {
    return "";
  }

  /** Returns the address of a statsd listener, {@code host:port}. */
  @Value.Default
  default String statsdUdpAddress() {
    return "";
  }

  /** Returns the deprecated form of {@link #envoyMetricsService()}. */
  @Value.Default
  default String envoyMetricsServiceAddress() {
    return "";
  }

  /** Returns the port of the administration of the proxy. */
  @Value.Default
  default int proxyAdminPort() {
    return 15000;
  }

  /** Returns a deprecated zone. */
  @Value.Default
  default String availabilityZone() {
    return "";
  }

  /** Returns how the proxy shows who it is. */
  @Value.Default
  default AuthenticationPolicy controlPlaneAuthPolicy() {
    return AuthenticationPolicy.MUTUAL_TLS;
  }

  /** Returns a file of own configuration. */
  @Value.Default
  default String customConfigFile() {
    return "";
  }

  /** Returns the longest name of statistics. */
  @Value.Default
  default int statNameLength() {
    return 189;
  }

  /** Returns how many worker threads; 0 is one a core. */
  OptionalInt concurrency();

  /** Returns the template of the bootstrap. */
  @Value.Default
  default String proxyBootstrapTemplatePath() {
    return "";
  }

  /** Returns how inbound traffic is captured. */
  @Value.Default
  default InboundInterceptionMode interceptionMode() {
    return InboundInterceptionMode.REDIRECT;
  }

  /** Returns the tracing. */
  Optional<Tracing> tracing();

  /** Returns a deprecated setting of secret discovery. */
  Optional<Sds> sds();

  /** Returns where access logs go. */
  Optional<RemoteService> envoyAccessLogService();

  /** Returns where metrics go. */
  Optional<RemoteService> envoyMetricsService();

  /** Returns the variables of the proxy's environment. */
  Map<String, String> proxyMetadata();

  /** Returns the runtime values of the proxy. */
  Map<String, String> runtimeValues();

  /** Returns the port of the agent's readiness. */
  @Value.Default
  default int statusPort() {
    return 15020;
  }

  /** Returns the further tags of statistics. */
  List<String> extraStatTags();

  /** Returns which proxies stand before a gateway. */
  Optional<GatewayTopology> gatewayTopology();

  /** Returns how long connections may end on shutdown; absent is 5 s. */
  Optional<Duration> terminationDrainDuration();

  /** Returns the id of the mesh. */
  @Value.Default
  default String meshId() {
    return "";
  }

  /** Returns how the agent on a VM probes the workload. */
  Optional<ReadinessProbe> readinessProbe();

  /** Returns which further statistics there are. */
  Optional<ProxyStatsMatcher> proxyStatsMatcher();

  /** Returns whether the workload starts after the proxy; absent is no. */
  Optional<Boolean> holdApplicationUntilProxyStarts();

  /** Returns the further roots of workload certificates. */
  List<String> caCertificatesPem();

  /** Returns the image. */
  Optional<ProxyImage> image();

  /** Returns what computes with keys. */
  Optional<PrivateKeyProvider> privateKeyProvider();

  /** Returns which headers a proxy adds. */
  Optional<ProxyHeaders> proxyHeaders();

  /** Returns how often files are written; absent is 1 s. */
  Optional<Duration> fileFlushInterval();

  /** Returns how much makes files be written at once. */
  OptionalLong fileFlushMinSizeKb();

  /** Returns whether statistics may be fetched compressed; absent is yes. */
  Optional<Boolean> statsCompression();

  /** Returns how often unused statistics go; absent is never. */
  Optional<Duration> statsEvictionInterval();

  /** A deprecated setting of secret discovery. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Sds.Builder.class)
  interface Sds {

    /** Returns whether it is on. */
    @Value.Default
    default boolean enabled() {
      return false;
    }

    /** Returns the file of the account's token. */
    @Value.Default
    default String k8sSaJwtPath() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Sds}. Not thread-safe. */
    final class Builder extends ImmutableSds.Builder {
      Builder() {}
    }
  }

  /** A service that a proxy reports to. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = RemoteService.Builder.class)
  interface RemoteService {

    /** Returns the address, {@code host:port}. */
    @Value.Default
    default String address() {
      return "";
    }

    /** Returns how the connection is secured. */
    Optional<ClientTlsSettings> tlsSettings();

    /** Returns the keep-alive of the connection. */
    Optional<ConnectionPoolSettings.TcpKeepalive> tcpKeepalive();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link RemoteService}. Not thread-safe. */
    final class Builder extends ImmutableRemoteService.Builder {
      Builder() {}
    }
  }

  /** Which further statistics there are. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ProxyStatsMatcher.Builder.class)
  interface ProxyStatsMatcher {

    /** Returns those whose names begin so. */
    List<String> inclusionPrefixes();

    /** Returns those whose names end so. */
    List<String> inclusionSuffixes();

    /** Returns those whose names match. */
    List<String> inclusionRegexps();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ProxyStatsMatcher}. Not thread-safe. */
    final class Builder extends ImmutableProxyStatsMatcher.Builder {
      Builder() {}
    }
  }

  /** How the name of the service in traces is made. */
  enum TracingServiceName {
    /** Label {@code app} and namespace. */
    APP_LABEL_AND_NAMESPACE,
    /** The canonical name. */
    CANONICAL_NAME_ONLY,
    /** The canonical name and namespace. */
    CANONICAL_NAME_AND_NAMESPACE
  }

  /** Returns the bounds of connections and requests. */
  Optional<ConnectionSettings> connectionSettings();

  /** How the proxy shows who it is. */
  enum AuthenticationPolicy {
    /** It does not. */
    NONE,
    /** By mutual TLS. */
    MUTUAL_TLS,
    /** As the wider setting, so never for the mesh. */
    INHERIT
  }

  /** How inbound traffic is captured. */
  enum InboundInterceptionMode {
    /** The address of the client is lost. */
    REDIRECT,
    /** The address of the client is kept. */
    TPROXY,
    /** It is not. */
    NONE
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProxyDefaults}. Not thread-safe. */
  final class Builder extends ImmutableProxyDefaults.Builder {
    Builder() {}
  }
}
