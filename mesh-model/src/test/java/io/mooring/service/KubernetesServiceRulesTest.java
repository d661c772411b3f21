package io.mooring.service;

import static io.mooring.service.Entries.DOMAIN;
import static io.mooring.service.Entries.workload;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.Metadata;
import io.mooring.model.Protocol;
import io.mooring.model.kubernetes.IntOrString;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServicePort;
import io.mooring.model.kubernetes.ServiceSpec;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesServiceRulesTest {

  @Test
  void hostIsNameNamespaceAndClusterDomain() {
    MeshService service = definition(spec -> spec.clusterIP("10.96.0.1")).service();
    assertThat(service.host()).isEqualTo("ratings.demo.svc.mesh.test");
    assertThat(service.origin()).isEqualTo(MeshService.Origin.KUBERNETES_SERVICE);
    assertThat(service.resolution()).isEqualTo(Resolution.STATIC);
    assertThat(service.addresses()).containsExactly("10.96.0.1");
    assertThat(service.meshExternal()).isFalse();
    assertThat(service.exportTo()).containsExactly("*");
  }

  @Test
  void bothFamiliesOfVirtualIpsCount() {
    assertThat(
            definition(spec -> spec.clusterIP("10.96.0.1").addClusterIPs("10.96.0.1", "fd00:96::1"))
                .service()
                .addresses())
        .containsExactly("10.96.0.1", "fd00:96::1");
  }

  @Test
  void aHeadlessServicePassesThroughAndSelectsNothing() {
    ServiceDefinition headless =
        definition(
            spec -> spec.clusterIP("None").addClusterIPs("None").putSelector("app", "ratings"));
    assertThat(headless.service().resolution()).isEqualTo(Resolution.NONE);
    assertThat(headless.service().addresses()).isEmpty();
    assertThat(headless.selects(workload(spec -> spec.putLabels("app", "ratings")))).isFalse();
  }

  @Test
  void anExternalNameIsADnsServiceOutsideTheMesh() {
    ServiceDefinition external =
        definition(
            spec ->
                spec.type("ExternalName")
                    .externalName("db.example.org")
                    .putSelector("app", "ratings")
                    .addPorts(
                        ServicePort.builder().port(80).targetPort(IntOrString.of(8080)).build()));
    assertThat(external.service().resolution()).isEqualTo(Resolution.DNS);
    assertThat(external.service().meshExternal()).isTrue();
    assertThat(external.service().selector()).isEmpty();
    assertThat(external.endpoints(external.inlineWorkloads().get(0)))
        .singleElement()
        .satisfies(
            endpoint -> {
              assertThat(endpoint.address()).isEqualTo("db.example.org");
              assertThat(endpoint.port()).isEqualTo(80);
            });
  }

  @Test
  void anEmptySelectorSelectsNothing() {
    assertThat(definition(spec -> spec).selects(workload(spec -> spec))).isFalse();
  }

  @Test
  void aWorkloadEntryWithANameForAnAddressIsNotSelected() {
    ServiceDefinition definition = definition(spec -> spec.putSelector("app", "r"));
    assertThat(definition.selects(workload(spec -> spec.putLabels("app", "r")))).isTrue();
    assertThat(definition.selects(workload(spec -> spec.address("vm.test").putLabels("app", "r"))))
        .isFalse();
  }

  @Test
  void exportToIsAnAnnotation() {
    Service service =
        Service.builder()
            .metadata(
                Metadata.builder()
                    .namespace("demo")
                    .name("ratings")
                    .putAnnotations("networking.istio.io/exportTo", "., other")
                    .build())
            .build();
    assertThat(ServiceDefinition.of(service, "mesh.test", DOMAIN).service().exportTo())
        .containsExactly(".", "other");
  }

  @Test
  void annotationsSayWhatNamesAreExpectedOfTheEndpoints() {
    Service service =
        Service.builder()
            .metadata(
                Metadata.builder()
                    .namespace("demo")
                    .name("ratings")
                    .putAnnotations("alpha.istio.io/kubernetes-serviceaccounts", "one, two")
                    .putAnnotations("alpha.istio.io/canonical-serviceaccounts", "old.test")
                    .build())
            .build();
    assertThat(ServiceDefinition.of(service, "mesh.test", DOMAIN).service().subjectAltNames())
        .containsExactly(
            "old.test", "spiffe://mesh.test/ns/demo/sa/one", "spiffe://mesh.test/ns/demo/sa/two");
  }

  @ParameterizedTest
  @CsvSource({
    // target, ports of the workload by name, expected; -1: no endpoint
    "'', '', 80",
    "'', http, 7000",
    "8080, '', 8080",
    "8080, http, 7000",
    "8080, web, 8080",
    "web, web, 7000",
    "web, http, -1",
    "web, '', -1"
  })
  void aNamedTargetMustBeOnTheWorkloadAndANumberYieldsToItsMapping(
      String target, String mapped, int expected) {
    ServicePort.Builder port = ServicePort.builder().port(80).name("http");
    if (!target.isEmpty()) {
      port.targetPort(
          Character.isDigit(target.charAt(0))
              ? IntOrString.of(Integer.parseInt(target))
              : IntOrString.of(target));
    }
    ServiceDefinition definition = definition(spec -> spec.addPorts(port.build()));
    MeshWorkload workload =
        workload(spec -> spec.ports(mapped.isEmpty() ? Map.of() : Map.of(mapped, 7000)));
    assertThat(definition.endpoints(workload))
        .extracting(MeshEndpoint::port)
        .isEqualTo(expected < 0 ? List.of() : List.of(expected));
  }

  @ParameterizedTest
  @CsvSource({
    // name, appProtocol, transport, port, expected
    "http, , TCP, 80, HTTP",
    "http-web, , TCP, 80, HTTP",
    "HTTP-web, , TCP, 80, HTTP",
    "grpc-web-x, , TCP, 80, GRPC_WEB",
    "grpc-web, , TCP, 80, GRPC_WEB",
    "grpc-website, , TCP, 80, GRPC",
    "tcp-db, , TCP, 80, TCP",
    "web, , TCP, 80, AUTO",
    "'', , TCP, 80, AUTO",
    "http, tcp, TCP, 80, TCP",
    "tcp, kubernetes.io/h2c, TCP, 80, HTTP2",
    "tcp, kubernetes.io/ws, TCP, 80, HTTP",
    "tcp, kubernetes.io/wss, TCP, 80, HTTPS",
    "http, example.com/own, TCP, 80, AUTO",
    "http, , UDP, 80, UDP",
    "db, , TCP, 3306, TCP",
    "http, , TCP, 3306, HTTP"
  })
  void protocolIsTheFieldElseThePrefixOfTheName(
      String name, String appProtocol, String transport, int number, Protocol expected) {
    ServicePort.Builder port = ServicePort.builder().port(number).name(name).protocol(transport);
    if (appProtocol != null) {
      port.appProtocol(appProtocol);
    }
    assertThat(definition(spec -> spec.addPorts(port.build())).service().ports())
        .extracting(MeshPort::protocol)
        .containsExactly(expected);
  }

  @Test
  void aPortThatEnvoyCannotProxyIsLeftOut() {
    assertThat(
            definition(
                    spec ->
                        spec.addPorts(
                            ServicePort.builder().port(80).protocol("SCTP").build(),
                            ServicePort.builder().port(0).build()))
                .service()
                .ports())
        .isEmpty();
  }

  private static ServiceDefinition definition(UnaryOperator<ServiceSpec.Builder> change) {
    return ServiceDefinition.of(
        Service.builder()
            .metadata(Metadata.of("demo", "ratings"))
            .spec(change.apply(ServiceSpec.builder()).build())
            .build(),
        "mesh.test",
        DOMAIN);
  }
}
