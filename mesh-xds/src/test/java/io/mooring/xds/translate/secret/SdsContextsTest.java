package io.mooring.xds.translate.secret;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource.ApiType;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.mooring.model.Protocol;
import io.mooring.model.spiffe.TrustDomain;
import java.util.List;
import org.junit.jupiter.api.Test;

class SdsContextsTest {

  private static final TrustDomain DOMAIN = new TrustDomain("td.example");

  @Test
  void serverResumesNoSessionAndRequiresACertificate() {
    DownstreamTlsContext server = SdsContexts.downstream(DOMAIN);

    assertThat(server.getDisableStatelessSessionResumption()).isTrue();
    assertThat(server.getDisableStatefulSessionResumption()).isTrue();
    assertThat(server.getRequireClientCertificate().getValue()).isTrue();
  }

  @Test
  void secretsComeAsIstiosAgentServesThemWhichKnowsNoDelta() {
    CommonTlsContext server = SdsContexts.downstream(DOMAIN).getCommonTlsContext();

    assertThat(server.getTlsCertificateSdsSecretConfigs(0).getSdsConfig())
        .isEqualTo(
            server
                .getCombinedValidationContext()
                .getValidationContextSdsSecretConfig()
                .getSdsConfig())
        .extracting(source -> source.getApiConfigSource().getApiType())
        .isEqualTo(ApiType.GRPC);
  }

  @Test
  void clientResumesNoSession() {
    UpstreamTlsContext client = SdsContexts.upstream(DOMAIN, List.of(), "sni", MeshAlpn.HTTP1);

    assertThat(client.hasMaxSessionKeys()).isTrue();
    assertThat(client.getMaxSessionKeys().getValue()).isZero();
  }

  @Test
  void serverTakesAnyIdentityOfItsTrustDomainAndNoLongerOne() {
    // Without the slash, td.example.evil would be taken for td.example.
    assertThat(names(SdsContexts.downstream(DOMAIN).getCommonTlsContext()))
        .singleElement()
        .satisfies(
            name -> {
              assertThat(name.getSanType()).isEqualTo(SanType.URI);
              assertThat(name.getMatcher().getPrefix()).isEqualTo("spiffe://td.example/");
            });
  }

  @Test
  void clientOfUnknownPeersStillChecksTheTrustDomain() {
    UpstreamTlsContext client = SdsContexts.upstream(DOMAIN, List.of(), "", MeshAlpn.OPAQUE);

    assertThat(names(client.getCommonTlsContext()))
        .extracting(name -> name.getMatcher().getPrefix())
        .containsExactly("spiffe://td.example/");
  }

  @Test
  void clientTakesExactlyTheNamesOfItsPeersWhateverTheirOrder() {
    UpstreamTlsContext client =
        SdsContexts.upstream(
            DOMAIN,
            List.of("spiffe://td/b", "db.example.com", "spiffe://td/a"),
            "s",
            MeshAlpn.HTTP2);

    assertThat(names(client.getCommonTlsContext()))
        .extracting(name -> name.getSanType() + " " + name.getMatcher().getExact())
        .containsExactly("DNS db.example.com", "URI spiffe://td/a", "URI spiffe://td/b");
    assertThat(client)
        .isEqualTo(
            SdsContexts.upstream(
                DOMAIN,
                List.of("spiffe://td/a", "spiffe://td/b", "db.example.com"),
                "s",
                MeshAlpn.HTTP2));
  }

  @Test
  void bothSidesSpeakTls12To13() {
    for (CommonTlsContext context : both()) {
      assertThat(context.getTlsParams().getTlsMinimumProtocolVersion())
          .isEqualTo(TlsProtocol.TLSv1_2);
      assertThat(context.getTlsParams().getTlsMaximumProtocolVersion())
          .isEqualTo(TlsProtocol.TLSv1_3);
    }
  }

  @Test
  void secretsComeFromTheAgentWithACappedBackOff() {
    for (CommonTlsContext context : both()) {
      SdsSecretConfig certificate = context.getTlsCertificateSdsSecretConfigs(0);
      SdsSecretConfig roots =
          context.getCombinedValidationContext().getValidationContextSdsSecretConfig();
      assertThat(certificate.getName()).isEqualTo("default");
      assertThat(roots.getName()).isEqualTo("ROOTCA");
      // Equal sources share their streams.
      assertThat(roots.getSdsConfig()).isEqualTo(certificate.getSdsConfig());
      assertThat(certificate.getSdsConfig().hasInitialFetchTimeout()).isTrue();
      ApiConfigSource source = certificate.getSdsConfig().getApiConfigSource();
      GrpcService.EnvoyGrpc agent = source.getGrpcServices(0).getEnvoyGrpc();
      assertThat(agent.getClusterName()).isEqualTo("sds-grpc");
      assertThat(agent.getRetryPolicy().getRetryBackOff().getMaxInterval().getSeconds())
          .isEqualTo(1);
    }
  }

  @Test
  void everyAlpnOfAMeshClientMeetsAServerChain() {
    for (MeshAlpn alpn : MeshAlpn.values()) {
      assertThat(alpn.names()).containsAnyElementsOf(MeshAlpn.ANY_MESH_CLIENT);
    }
    assertThat(MeshAlpn.HTTP_ANY.names())
        .containsAnyElementsOf(MeshAlpn.HTTP_MESH_CLIENT)
        .doesNotContain("h2", "http/1.1"); // a server would select one and be wrong half the time
    assertThat(MeshAlpn.OPAQUE.names()).doesNotContainAnyElementsOf(MeshAlpn.HTTP_MESH_CLIENT);
  }

  @Test
  void serverContextOffersNoIstioName() {
    assertThat(SdsContexts.downstream(DOMAIN).getCommonTlsContext().getAlpnProtocolsList())
        .containsExactly("h2", "http/1.1");
  }

  @Test
  void alpnFollowsTheProtocolOfThePort() {
    assertThat(MeshAlpn.of(Protocol.HTTP)).isEqualTo(MeshAlpn.HTTP1);
    assertThat(MeshAlpn.of(Protocol.GRPC)).isEqualTo(MeshAlpn.HTTP2);
    assertThat(MeshAlpn.of(Protocol.MYSQL)).isEqualTo(MeshAlpn.OPAQUE);
    assertThat(MeshAlpn.of(Protocol.AUTO)).isEqualTo(MeshAlpn.OPAQUE);
  }

  private static List<CommonTlsContext> both() {
    return List.of(
        SdsContexts.downstream(DOMAIN).getCommonTlsContext(),
        SdsContexts.upstream(DOMAIN, List.of(), "s", MeshAlpn.HTTP1).getCommonTlsContext());
  }

  private static List<SubjectAltNameMatcher> names(CommonTlsContext context) {
    return context
        .getCombinedValidationContext()
        .getDefaultValidationContext()
        .getMatchTypedSubjectAltNamesList();
  }
}
