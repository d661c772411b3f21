package io.mooring.xds.translate.secret;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.BackoffStrategy;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.RetryPolicy;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.xds.resource.Pack;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Mutual TLS between mesh proxies: contexts that take certificate and key from the SDS secret
 * {@value #CERTIFICATE} and the trusted roots from {@value #ROOTS}. Pure.
 *
 * <p>Sessions are never resumed: resumption skips every certificate check, so that a peer would
 * stay connected past the end of its certificate.
 */
public final class SdsContexts {

  /** The bootstrap cluster that leads to the agent's SDS socket. */
  public static final String SDS_CLUSTER = "sds-grpc";

  /** The secret with the workload's own certificate chain and key. */
  public static final String CERTIFICATE = "default";

  /** The secret with the roots that peers must chain to. */
  public static final String ROOTS = "ROOTCA";

  private static final ConfigSource SDS_SOURCE = sdsSource();

  private static final CommonTlsContext COMMON =
      CommonTlsContext.newBuilder()
          .setTlsParams(
              TlsParameters.newBuilder()
                  .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2)
                  .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3))
          .addTlsCertificateSdsSecretConfigs(secret(CERTIFICATE))
          .build();

  private static final TransportSocket PLAIN_TEXT =
      socket("envoy.transport_sockets.raw_buffer", RawBuffer.getDefaultInstance());

  private SdsContexts() {}

  /**
   * Returns the client side: presents the workload's certificate, accepts a server whose
   * certificate chains to the roots and carries one of {@code subjectAltNames}.
   *
   * @param trustDomain what the server's SPIFFE ID must belong to where {@code subjectAltNames} is
   *     empty
   * @param subjectAltNames exact names, one of which the server must have; a name with a scheme is
   *     a URI, any other a DNS name
   * @param sni server name to send, {@code ""} for none
   * @param alpn what is spoken inside
   */
  public static UpstreamTlsContext upstream(
      TrustDomain trustDomain, Collection<String> subjectAltNames, String sni, MeshAlpn alpn) {
    CertificateValidationContext.Builder validation = CertificateValidationContext.newBuilder();
    new TreeSet<>(subjectAltNames)
        .forEach(name -> validation.addMatchTypedSubjectAltNames(exactly(name)));
    if (subjectAltNames.isEmpty()) {
      validation.addMatchTypedSubjectAltNames(memberOf(trustDomain));
    }
    return UpstreamTlsContext.newBuilder()
        .setCommonTlsContext(common(validation, alpn.names()))
        .setSni(sni)
        .setMaxSessionKeys(UInt32Value.of(0))
        .build();
  }

  /**
   * Returns the server side: requires a client certificate that chains to the roots and has a
   * SPIFFE ID of {@code trustDomain}.
   */
  public static DownstreamTlsContext downstream(TrustDomain trustDomain) {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .addMatchTypedSubjectAltNames(memberOf(trustDomain));
    return DownstreamTlsContext.newBuilder()
        .setCommonTlsContext(common(validation, List.of("h2", "http/1.1")))
        .setRequireClientCertificate(BoolValue.of(true))
        .setDisableStatelessSessionResumption(true)
        .setDisableStatefulSessionResumption(true)
        .build();
  }

  /** Returns the transport socket of an upstream context. */
  public static TransportSocket socket(UpstreamTlsContext context) {
    return socket("envoy.transport_sockets.tls", context);
  }

  /** Returns the transport socket of a downstream context. */
  public static TransportSocket socket(DownstreamTlsContext context) {
    return socket("envoy.transport_sockets.tls", context);
  }

  /** Returns the transport socket without TLS, for transport socket matches. */
  public static TransportSocket plainText() {
    return PLAIN_TEXT;
  }

  private static TransportSocket socket(String name, Message config) {
    return TransportSocket.newBuilder().setName(name).setTypedConfig(Pack.any(config)).build();
  }

  private static CommonTlsContext common(
      CertificateValidationContext.Builder validation, List<String> alpn) {
    return COMMON.toBuilder()
        .setCombinedValidationContext(
            CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                .setDefaultValidationContext(validation)
                .setValidationContextSdsSecretConfig(secret(ROOTS)))
        .addAllAlpnProtocols(alpn)
        .build();
  }

  private static SubjectAltNameMatcher exactly(String name) {
    return SubjectAltNameMatcher.newBuilder()
        .setSanType(
            name.contains("://")
                ? SubjectAltNameMatcher.SanType.URI
                : SubjectAltNameMatcher.SanType.DNS)
        .setMatcher(StringMatcher.newBuilder().setExact(name))
        .build();
  }

  private static SubjectAltNameMatcher memberOf(TrustDomain trustDomain) {
    return SubjectAltNameMatcher.newBuilder()
        .setSanType(SubjectAltNameMatcher.SanType.URI)
        .setMatcher(StringMatcher.newBuilder().setPrefix("spiffe://" + trustDomain.name() + "/"))
        .build();
  }

  private static SdsSecretConfig secret(String name) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(SDS_SOURCE).build();
  }

  private static ConfigSource sdsSource() {
    // Envoy's own back-off grows to 30 s: an agent that restarts would be noticed too late.
    RetryPolicy retry =
        RetryPolicy.newBuilder()
            .setRetryBackOff(
                BackoffStrategy.newBuilder()
                    .setBaseInterval(Duration.newBuilder().setNanos(100_000_000))
                    .setMaxInterval(Duration.newBuilder().setSeconds(1)))
            .build();
    return ConfigSource.newBuilder()
        .setResourceApiVersion(ApiVersion.V3)
        .setInitialFetchTimeout(Duration.getDefaultInstance())
        .setApiConfigSource(
            ApiConfigSource.newBuilder()
                .setApiType(ApiConfigSource.ApiType.GRPC) // Istio's agent has no delta SDS
                .setTransportApiVersion(ApiVersion.V3)
                .setSetNodeOnFirstMessageOnly(true)
                .addGrpcServices(
                    GrpcService.newBuilder()
                        .setEnvoyGrpc(
                            GrpcService.EnvoyGrpc.newBuilder()
                                .setClusterName(SDS_CLUSTER)
                                .setRetryPolicy(retry))))
        .build();
  }
}
