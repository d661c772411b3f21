package io.mooring.model.mesh;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.ConnectionPoolSettings;
import io.mooring.model.networking.HttpRetry;
import io.mooring.model.networking.LocalityLoadBalancerSetting;
import io.mooring.model.networking.OutboundTrafficPolicy;
import io.mooring.model.networking.TrafficPolicy;
import io.mooring.model.networking.ZoneAwareLoadBalancerSetting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a {@link MeshConfig} says. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = MeshConfigSpec.Builder.class)
public interface MeshConfigSpec {

  /** Returns the port that takes captured outbound traffic. */
  @Value.Default
  default int proxyListenPort() {
    return 15001;
  }

  /** Returns the port that takes captured inbound traffic. */
  @Value.Default
  default int proxyInboundListenPort() {
    return 15006;
  }

  /** Returns the port of an HTTP proxy for the workload; 0 is none. */
  @Value.Default
  default int proxyHttpPort() {
    return 0;
  }

  /** Returns how long a connection may take to open; absent is 10 s. */
  Optional<Duration> connectTimeout();

  /** Returns how long to wait for bytes that tell the protocol; 0, as absent, is for ever. */
  Optional<Duration> protocolDetectionTimeout();

  /** Returns the keep-alive of connections; absent is none. */
  Optional<ConnectionPoolSettings.TcpKeepalive> tcpKeepalive();

  /** Returns the class of Kubernetes Ingresses that are read. */
  @Value.Default
  default String ingressClass() {
    return "istio";
  }

  /** Returns the Service of the ingress. */
  @Value.Default
  default String ingressService() {
    return "istio-ingressgateway";
  }

  /** Returns which Kubernetes Ingresses are read. */
  @Value.Default
  default IngressControllerMode ingressControllerMode() {
    return IngressControllerMode.STRICT;
  }

  /** Returns the value of label {@code istio} of the gateway that Ingresses configure. */
  @Value.Default
  default String ingressSelector() {
    return "";
  }

  /** Returns whether requests are traced. */
  @Value.Default
  default boolean enableTracing() {
    return false;
  }

  /** Returns the file of the access log; empty is none. */
  @Value.Default
  default String accessLogFile() {
    return "";
  }

  /** Returns the format of the access log; empty is the proxy's. */
  @Value.Default
  default String accessLogFormat() {
    return "";
  }

  /** Returns the encoding of the access log. */
  @Value.Default
  default AccessLogEncoding accessLogEncoding() {
    return AccessLogEncoding.TEXT;
  }

  /** Returns whether the access log goes to a service. */
  @Value.Default
  default boolean enableEnvoyAccessLogService() {
    return false;
  }

  /** Returns whether connections without a route are not logged. */
  @Value.Default
  default boolean disableEnvoyListenerLog() {
    return false;
  }

  /** Returns the settings of proxies. */
  Optional<ProxyDefaults> defaultConfig();

  /** Returns what becomes of traffic to hosts that nobody defines; absent is {@code ALLOW_ANY}. */
  Optional<OutboundTrafficPolicy> outboundTrafficPolicy();

  /** Returns which address workloads listen on; absent is their own. */
  Optional<InboundTrafficPolicy> inboundTrafficPolicy();

  /** Returns where configuration comes from besides. */
  List<ConfigSource> configSources();

  /** Returns whether clients use mutual TLS wherever servers take it; absent is yes. */
  Optional<Boolean> enableAutoMtls();

  /** Returns the trust domain. */
  @Value.Default
  default String trustDomain() {
    return "cluster.local";
  }

  /** Returns the trust domains whose identities count as those of {@link #trustDomain()}. */
  List<String> trustDomainAliases();

  /** Returns the further roots of workload certificates. */
  List<CertificateData> caCertificates();

  /** Returns the namespaces that see a service that does not say; none are all. */
  List<String> defaultServiceExportTo();

  /** Returns the namespaces that see a VirtualService that does not say; none are all. */
  List<String> defaultVirtualServiceExportTo();

  /** Returns the namespaces that see a DestinationRule that does not say; none are all. */
  List<String> defaultDestinationRuleExportTo();

  /** Returns the namespace whose policies bind the whole mesh. */
  @Value.Default
  default String rootNamespace() {
    return "istio-system";
  }

  /** Returns the preference of localities. */
  Optional<LocalityLoadBalancerSetting> localityLbSetting();

  /** Returns the preference of zones. */
  Optional<ZoneAwareLoadBalancerSetting> zoneAwareLbSetting();

  /** Returns how often names of clusters are looked up; absent is 60 s. */
  Optional<Duration> dnsRefreshRate();

  /** Returns whether HTTP/1.1 goes on as HTTP/2. */
  @Value.Default
  default H2UpgradePolicy h2UpgradePolicy() {
    return H2UpgradePolicy.DO_NOT_UPGRADE;
  }

  /** Returns the pattern of names of inbound statistics. */
  @Value.Default
  default String inboundClusterStatName() {
    return "";
  }

  /** Returns the pattern of names of outbound statistics. */
  @Value.Default
  default String outboundClusterStatName() {
    return "";
  }

  /** Returns the deprecated list of certificates to provide. */
  List<Certificate> certificates();

  /** Returns the settings of single services. */
  List<ServiceSettings> serviceSettings();

  /** Returns which services of other clusters are seen. */
  List<ServiceScope> serviceScopeConfigs();

  /** Returns whether metrics of proxy and workload are one; absent is yes. */
  Optional<Boolean> enablePrometheusMerge();

  /** Returns whether clients check server certificates by default; deprecated. */
  Optional<Boolean> verifyCertificateAtClient();

  /** Returns the authority that signs workload certificates. */
  Optional<CertificateAuthority> ca();

  /** Returns the services that policies may name. */
  List<ExtensionProvider> extensionProviders();

  /** Returns the providers of policies that name none. */
  Optional<DefaultProviders> defaultProviders();

  /** Returns the namespaces that are read; none are all. */
  List<NamespaceSelector> discoverySelectors();

  /** Returns how paths are made comparable. */
  Optional<ProxyPathNormalization> pathNormalization();

  /** Returns the retries of routes that do not say. */
  Optional<HttpRetry> defaultHttpRetryPolicy();

  /** Returns the TLS of connections within the mesh. */
  @JsonAlias("mesh_mTLS")
  Optional<TlsConfig> meshMTLS();

  /** Returns the TLS of other connections. */
  Optional<TlsConfig> tlsDefaults();

  /** Returns a standard that all TLS keeps to, e.g. {@code fips-140-2}. */
  @Value.Default
  default String compliancePolicy() {
    return "";
  }

  /** Returns the limits where no DestinationRule has any. */
  Optional<TrafficPolicy> defaultTrafficPolicy();

  /**
   * Returns how far ServiceEntries are seen, whatever they say themselves; absent is everywhere.
   */
  Optional<ServiceEntryVisibility> serviceEntryVisibility();

  /** Returns how long idle connections to the proxies of nodes stay open; absent is 1 h. */
  Optional<Duration> hboneIdleTimeout();

  /** What becomes of traffic to hosts that nobody defines. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = OutboundTrafficPolicy.Builder.class)
  interface OutboundTrafficPolicy {

    /** Returns the mode. */
    @Value.Default
    default OutboundMode mode() {
      return OutboundMode.REGISTRY_ONLY;
    }

    /**
     * Returns how such traffic is secured; only with {@link OutboundMode#ALLOW_ANY_DYNAMIC_DNS}.
     */
    Optional<ClientTlsSettings> tls();

    /** What becomes of such traffic. */
    enum OutboundMode {
      /** It is dropped. */
      REGISTRY_ONLY,
      /** It goes where it wants. */
      ALLOW_ANY,
      /** It goes where a lookup of the host that it asks for says. */
      ALLOW_ANY_DYNAMIC_DNS
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link OutboundTrafficPolicy}. Not thread-safe. */
    final class Builder extends ImmutableOutboundTrafficPolicy.Builder {
      Builder() {}
    }
  }

  /** Which address workloads listen on. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = InboundTrafficPolicy.Builder.class)
  interface InboundTrafficPolicy {

    /** Returns the mode. */
    @Value.Default
    default InboundMode mode() {
      return InboundMode.PASSTHROUGH;
    }

    /** Which address it is. */
    enum InboundMode {
      /** Their own. */
      PASSTHROUGH,
      /** The loopback address. */
      LOCALHOST
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link InboundTrafficPolicy}. Not thread-safe. */
    final class Builder extends ImmutableInboundTrafficPolicy.Builder {
      Builder() {}
    }
  }

  /** Which Kubernetes Ingresses are read. */
  enum IngressControllerMode {
    /** The default. */
    UNSPECIFIED,
    /** None. */
    OFF,
    /** Those without a class, and those of the class. */
    DEFAULT,
    /** Those of the class. */
    STRICT
  }

  /** How the access log is written. */
  enum AccessLogEncoding {
    /** As text. */
    TEXT,
    /** As JSON. */
    JSON
  }

  /** Whether HTTP/1.1 goes on as HTTP/2. */
  enum H2UpgradePolicy {
    /** It does not. */
    DO_NOT_UPGRADE,
    /** It does. */
    UPGRADE
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MeshConfigSpec}. Not thread-safe. */
  final class Builder extends ImmutableMeshConfigSpec.Builder {
    Builder() {}
  }
}
