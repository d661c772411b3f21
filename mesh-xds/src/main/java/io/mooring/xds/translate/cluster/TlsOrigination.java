package io.mooring.xds.translate.cluster;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.service.MeshService;
import io.mooring.xds.translate.secret.SdsContexts;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * TLS to servers that are not of the mesh: modes SIMPLE and MUTUAL. Certificates and roots are
 * files on the proxy's machine, which Envoy reads itself; a credential name means nothing to a
 * sidecar and is ignored, as in Istio.
 */
final class TlsOrigination {

  /** Where Debian and its kin keep the roots of the system. */
  private static final String SYSTEM_ROOTS = "/etc/ssl/certs/ca-certificates.crt";

  private static final TlsParameters PARAMETERS =
      TlsParameters.newBuilder()
          .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2)
          .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3)
          .build();

  private TlsOrigination() {}

  /**
   * Returns the transport socket.
   *
   * <p>The server's certificate is always checked for a name: one that the rule names, else one
   * that the service declares, else the SNI, else for HTTP the Host header of each request (see
   * {@link #fromRequest}), else the host of the service. Istio checks for none where only the SNI
   * is given, and so takes the certificate of any site.
   */
  static TransportSocket socket(
      ClientTlsSettings tls, MeshService service, Optional<UpstreamHttp> http) {
    CommonTlsContext.Builder common = CommonTlsContext.newBuilder().setTlsParams(PARAMETERS);
    if (tls.mode() == ClientTlsSettings.Mode.MUTUAL) {
      common.addTlsCertificates(
          TlsCertificate.newBuilder()
              .setCertificateChain(file(tls.clientCertificate()))
              .setPrivateKey(file(tls.privateKey())));
    }
    String sni = sni(tls, service, http);
    if (!tls.insecureSkipVerify().orElse(false)) {
      common.setValidationContext(validation(tls, names(tls, service, sni)));
    }
    if (http.equals(Optional.of(UpstreamHttp.HTTP2))) {
      common.addAlpnProtocols("h2");
    }
    return SdsContexts.socket(
        UpstreamTlsContext.newBuilder().setSni(sni).setCommonTlsContext(common).build());
  }

  /**
   * Returns what of an HTTP cluster follows from each request where the rule does not say it: the
   * SNI is the Host header, and where nothing else is known the certificate must be for it.
   */
  static Optional<UpstreamHttpProtocolOptions> fromRequest(
      ClientTlsSettings tls, MeshService service) {
    boolean origination =
        tls.mode() == ClientTlsSettings.Mode.SIMPLE || tls.mode() == ClientTlsSettings.Mode.MUTUAL;
    if (!origination || !tls.sni().isEmpty()) {
      return Optional.empty();
    }
    boolean named = !names(tls, service, "").isEmpty();
    return Optional.of(
        UpstreamHttpProtocolOptions.newBuilder()
            .setAutoSni(true)
            .setAutoSanValidation(!named && !tls.insecureSkipVerify().orElse(false))
            .build());
  }

  private static String sni(
      ClientTlsSettings tls, MeshService service, Optional<UpstreamHttp> http) {
    boolean isPattern = service.host().startsWith("*");
    return tls.sni().isEmpty() && http.isEmpty() && !isPattern ? service.host() : tls.sni();
  }

  private static Collection<String> names(ClientTlsSettings tls, MeshService service, String sni) {
    if (!tls.subjectAltNames().isEmpty()) {
      return new TreeSet<>(tls.subjectAltNames());
    }
    if (!service.subjectAltNames().isEmpty()) {
      return new TreeSet<>(service.subjectAltNames());
    }
    return sni.isEmpty() ? List.of() : List.of(sni);
  }

  private static CertificateValidationContext validation(
      ClientTlsSettings tls, Collection<String> names) {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .setTrustedCa(
                file(tls.caCertificates().isEmpty() ? SYSTEM_ROOTS : tls.caCertificates()));
    if (!tls.caCrl().isEmpty()) {
      validation.setCrl(file(tls.caCrl()));
    }
    names.forEach(name -> validation.addMatchTypedSubjectAltNames(exactly(name)));
    return validation.build();
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

  private static DataSource file(String path) {
    return DataSource.newBuilder().setFilename(path).build();
  }
}
