package io.mooring.xds.translate.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.MeshService;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TlsOriginationTest {

  private static final ClientTlsSettings SIMPLE =
      ClientTlsSettings.builder().mode(ClientTlsSettings.Mode.SIMPLE).build();

  @Test
  void certificateIsCheckedForTheSniWhereNoNameIsGiven() throws Exception {
    ClientTlsSettings tls = ClientTlsSettings.builder().from(SIMPLE).sni("sni.x").build();

    assertThat(names(context(tls, Optional.of(UpstreamHttp.HTTP1)))).containsExactly("sni.x");
    assertThat(TlsOrigination.fromRequest(tls, service())).isEmpty();
  }

  @Test
  void certificateIsCheckedForTheHostHeaderWhereNothingIsGiven() throws Exception {
    assertThat(names(context(SIMPLE, Optional.of(UpstreamHttp.HTTP1)))).isEmpty();
    assertThat(TlsOrigination.fromRequest(SIMPLE, service()).orElseThrow())
        .matches(options -> options.getAutoSni() && options.getAutoSanValidation());
  }

  @Test
  void certificateIsCheckedForTheHostOfTheServiceWhereThereIsNoRequest() throws Exception {
    UpstreamTlsContext context = context(SIMPLE, Optional.empty());

    assertThat(context.getSni()).isEqualTo("api.example.com");
    assertThat(names(context)).containsExactly("api.example.com");
  }

  @Test
  void namesOfTheRuleWinOverThoseOfTheService() throws Exception {
    MeshService service =
        MeshService.builder().from(service()).addSubjectAltNames("service.x").build();
    ClientTlsSettings tls =
        ClientTlsSettings.builder().from(SIMPLE).addSubjectAltNames("rule.x").build();

    assertThat(names(context(tls, service, Optional.empty()))).containsExactly("rule.x");
    assertThat(names(context(SIMPLE, service, Optional.empty()))).containsExactly("service.x");
  }

  @Test
  void nothingIsCheckedOnlyWhereTheRuleSaysSo() throws Exception {
    ClientTlsSettings tls =
        ClientTlsSettings.builder().from(SIMPLE).insecureSkipVerify(true).build();

    assertThat(
            context(tls, Optional.of(UpstreamHttp.HTTP1))
                .getCommonTlsContext()
                .hasValidationContext())
        .isFalse();
    assertThat(TlsOrigination.fromRequest(tls, service()).orElseThrow().getAutoSanValidation())
        .isFalse();
  }

  private static List<String> names(UpstreamTlsContext context) {
    CertificateValidationContext validation = context.getCommonTlsContext().getValidationContext();
    assertThat(validation.getTrustedCa().getFilename()).isNotEmpty();
    return validation.getMatchTypedSubjectAltNamesList().stream()
        .map(name -> name.getMatcher().getExact())
        .toList();
  }

  private static UpstreamTlsContext context(ClientTlsSettings tls, Optional<UpstreamHttp> http)
      throws InvalidProtocolBufferException {
    return context(tls, service(), http);
  }

  private static UpstreamTlsContext context(
      ClientTlsSettings tls, MeshService service, Optional<UpstreamHttp> http)
      throws InvalidProtocolBufferException {
    return TlsOrigination.socket(tls, service, http)
        .getTypedConfig()
        .unpack(UpstreamTlsContext.class);
  }

  private static MeshService service() {
    return MeshService.builder()
        .host("api.example.com")
        .namespace("demo")
        .name("api")
        .origin(MeshService.Origin.SERVICE_ENTRY)
        .resolution(Resolution.DNS)
        .meshExternal(true)
        .addExportTo("*")
        .build();
  }
}
