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
import io.mooring.xds.translate.secret.SdsContexts;
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
   * @param serviceNames names that the service declares, for a rule that names none
   */
  static TransportSocket socket(
      ClientTlsSettings tls, List<String> serviceNames, Optional<UpstreamHttp> http) {
    CommonTlsContext.Builder common = CommonTlsContext.newBuilder().setTlsParams(PARAMETERS);
    if (tls.mode() == ClientTlsSettings.Mode.MUTUAL) {
      common.addTlsCertificates(
          TlsCertificate.newBuilder()
              .setCertificateChain(file(tls.clientCertificate()))
              .setPrivateKey(file(tls.privateKey())));
    }
    if (!tls.insecureSkipVerify().orElse(false)) {
      common.setValidationContext(validation(tls, serviceNames));
    }
    if (http.equals(Optional.of(UpstreamHttp.HTTP2))) {
      common.addAlpnProtocols("h2");
    }
    return SdsContexts.socket(
        UpstreamTlsContext.newBuilder().setSni(tls.sni()).setCommonTlsContext(common).build());
  }

  /**
   * Returns what must follow from the request where the rule does not say it: without SNI the Host
   * header is sent, and without names either it is what the certificate must be for.
   */
  static Optional<UpstreamHttpProtocolOptions> fromRequest(
      ClientTlsSettings tls, List<String> serviceNames) {
    boolean origination =
        tls.mode() == ClientTlsSettings.Mode.SIMPLE || tls.mode() == ClientTlsSettings.Mode.MUTUAL;
    if (!origination || !tls.sni().isEmpty()) {
      return Optional.empty();
    }
    boolean named = !tls.subjectAltNames().isEmpty() || !serviceNames.isEmpty();
    return Optional.of(
        UpstreamHttpProtocolOptions.newBuilder()
            .setAutoSni(true)
            .setAutoSanValidation(!named && !tls.insecureSkipVerify().orElse(false))
            .build());
  }

  private static CertificateValidationContext validation(
      ClientTlsSettings tls, List<String> serviceNames) {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .setTrustedCa(
                file(tls.caCertificates().isEmpty() ? SYSTEM_ROOTS : tls.caCertificates()));
    if (!tls.caCrl().isEmpty()) {
      validation.setCrl(file(tls.caCrl()));
    }
    List<String> names = tls.subjectAltNames().isEmpty() ? serviceNames : tls.subjectAltNames();
    new TreeSet<>(names).forEach(name -> validation.addMatchTypedSubjectAltNames(exactly(name)));
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
