package io.mooring.xds.translate.grpc;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.xds.resource.Pack;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * TLS with certificates and roots from a certificate provider of the client's own bootstrap: gRPC
 * knows no SDS. Pure.
 */
final class ProviderTls {

  private static final String SOCKET = "envoy.transport_sockets.tls"; // A29: exactly this name

  private ProviderTls() {}

  /**
   * Returns the client side of mTLS.
   *
   * @param names one of which the server must have; if empty, any of {@code trustDomain}
   */
  static TransportSocket mutual(
      String provider, TrustDomain trustDomain, Collection<String> names, String sni) {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .setCaCertificateProviderInstance(instance(provider));
    if (names.isEmpty()) {
      expect(
          validation,
          SubjectAltNameMatcher.SanType.URI,
          StringMatcher.newBuilder().setPrefix(prefix(trustDomain)).build());
    }
    new TreeSet<>(names).forEach(name -> expect(validation, sanType(name), exactly(name)));
    return socket(
        UpstreamTlsContext.newBuilder()
            .setSni(sni)
            .setCommonTlsContext(
                CommonTlsContext.newBuilder()
                    .setTlsCertificateProviderInstance(instance(provider))
                    .setValidationContext(validation))
            .build());
  }

  /** Returns the client side of TLS to a server of the public web: roots of the system. */
  static TransportSocket toWeb(List<String> names, String sni) {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .setSystemRootCerts(
                CertificateValidationContext.SystemRootCerts.getDefaultInstance()); // A82
    names.forEach(name -> expect(validation, sanType(name), exactly(name)));
    return socket(
        UpstreamTlsContext.newBuilder()
            .setSni(sni)
            .setCommonTlsContext(CommonTlsContext.newBuilder().setValidationContext(validation))
            .build());
  }

  /**
   * Returns the server side of mTLS. It names no client: gRPC refuses that here, see {@link
   * ServerListeners}.
   */
  static TransportSocket server(String provider) {
    return socket(
        DownstreamTlsContext.newBuilder()
            .setRequireClientCertificate(BoolValue.of(true))
            .setCommonTlsContext(
                CommonTlsContext.newBuilder()
                    .setTlsCertificateProviderInstance(instance(provider))
                    .setValidationContext(
                        CertificateValidationContext.newBuilder()
                            .setCaCertificateProviderInstance(instance(provider))))
            .build());
  }

  /** Returns how every SPIFFE ID of a trust domain begins. */
  static String prefix(TrustDomain trustDomain) {
    return "spiffe://" + trustDomain.name() + "/";
  }

  /** The same name twice: grpc-java reads the deprecated field alone, other clients the new one. */
  @SuppressWarnings("deprecation")
  private static void expect(
      CertificateValidationContext.Builder validation,
      SubjectAltNameMatcher.SanType type,
      StringMatcher name) {
    validation
        .addMatchSubjectAltNames(name)
        .addMatchTypedSubjectAltNames(
            SubjectAltNameMatcher.newBuilder().setSanType(type).setMatcher(name));
  }

  private static StringMatcher exactly(String name) {
    return StringMatcher.newBuilder().setExact(name).build();
  }

  private static SubjectAltNameMatcher.SanType sanType(String name) {
    return name.contains("://")
        ? SubjectAltNameMatcher.SanType.URI
        : SubjectAltNameMatcher.SanType.DNS;
  }

  private static CertificateProviderPluginInstance instance(String provider) {
    return CertificateProviderPluginInstance.newBuilder().setInstanceName(provider).build();
  }

  private static TransportSocket socket(Message context) {
    return TransportSocket.newBuilder().setName(SOCKET).setTypedConfig(Pack.any(context)).build();
  }
}
