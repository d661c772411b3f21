package io.mooring.service;

import static io.mooring.service.Entries.DOMAIN;
import static io.mooring.service.Entries.definition;
import static io.mooring.service.Entries.port;
import static io.mooring.service.Entries.serviceEntry;
import static io.mooring.service.Entries.spec;
import static io.mooring.service.Entries.workload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.mooring.model.Protocol;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec.Location;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.WorkloadSelector;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceEntryRulesTest {

  @Test
  void everyHostIsAServiceOfItsOwnInLowerCaseAndOnce() {
    assertThat(
            ServiceDefinition.of(
                serviceEntry(spec -> spec.hosts(List.of("B.test", "a.test", "b.test"))), DOMAIN))
        .extracting(definition -> definition.service().host())
        .containsExactly("b.test", "a.test");
  }

  @Test
  void exportToIsEverybodyWhereNothingIsSaid() {
    MeshService service = definition(serviceEntry(spec -> spec)).service();
    assertThat(service.exportTo()).containsExactly("*");
    assertThat(service.isVisibleIn("elsewhere")).isTrue();
  }

  @Test
  void exportToNamesNamespaces() {
    MeshService own = definition(serviceEntry(spec -> spec.addExportTo("."))).service();
    assertThat(own.isVisibleIn("demo")).isTrue();
    assertThat(own.isVisibleIn("elsewhere")).isFalse();
    MeshService nobody = definition(serviceEntry(spec -> spec.addExportTo("~"))).service();
    assertThat(nobody.isVisibleIn("demo")).isFalse();
  }

  @Test
  void aBlockOfOneAddressIsThatAddress() {
    assertThat(
            definition(
                    serviceEntry(
                        spec ->
                            spec.addAddresses(
                                "10.0.0.1/32", "10.0.0.1", "10.1.0.0/16", "fd00::1/128")))
                .service()
                .addresses())
        .containsExactly("10.0.0.1", "10.1.0.0/16", "fd00::1");
  }

  @Test
  void portsComeByNumberAndNonsenseIsLeftOut() {
    assertThat(
            definition(
                    serviceEntry(
                        spec ->
                            spec.ports(
                                List.of(
                                    port(90, "b"),
                                    port(80, "a"),
                                    port(80, "again"),
                                    port(0, "zero"),
                                    port(70_000, "high")))))
                .service()
                .ports())
        .extracting(MeshPort::number, MeshPort::name)
        .containsExactly(tuple(80, "a"), tuple(90, "b"));
  }

  @Test
  void whatTheEntrySaysOfTheServiceIsKept() {
    MeshService service =
        definition(
                serviceEntry(
                    spec ->
                        spec.location(Location.MESH_INTERNAL)
                            .addSubjectAltNames("spiffe://x/y")
                            .workloadSelector(
                                WorkloadSelector.builder().putLabels("app", "r").build())))
            .service();
    assertThat(service.meshExternal()).isFalse();
    assertThat(service.subjectAltNames()).containsExactly("spiffe://x/y");
    assertThat(service.selector()).contains(Map.of("app", "r"));
    assertThat(service.ports().get(0).protocol()).isEqualTo(Protocol.HTTP);
    assertThat(service.resolution()).isEqualTo(Resolution.STATIC);
    assertThat(definition(serviceEntry(spec -> spec)).service().meshExternal()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Resolution.class,
      names = {"DNS", "DNS_ROUND_ROBIN"})
  void aDnsServiceWithoutEndpointsIsItsOwnEndpoint(Resolution resolution) {
    ServiceDefinition definition =
        definition(
            serviceEntry(
                spec ->
                    spec.resolution(resolution)
                        .ports(
                            List.of(
                                ServiceEntryPort.builder()
                                    .number(80)
                                    .name("http")
                                    .targetPort(443)
                                    .build(),
                                port(81, "other")))));
    assertThat(endpoints(definition))
        .extracting(
            MeshEndpoint::address,
            MeshEndpoint::servicePort,
            MeshEndpoint::port,
            MeshEndpoint::tlsMode)
        .containsExactly(
            tuple("ratings.demo", 80, 443, "disabled"), tuple("ratings.demo", 81, 81, "disabled"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Resolution.class,
      names = {"NONE", "STATIC", "DYNAMIC_DNS"})
  void otherServicesWithoutEndpointsHaveNone(Resolution resolution) {
    assertThat(endpoints(definition(serviceEntry(spec -> spec.resolution(resolution))))).isEmpty();
  }

  @Test
  void aWildcardIsNoEndpoint() {
    assertThat(
            endpoints(
                definition(
                    serviceEntry(
                        spec -> spec.hosts(List.of("*.test")).resolution(Resolution.DNS)))))
        .isEmpty();
  }

  @Test
  void inlineEndpointsAreNamedAfterTheEntryAndTheirPosition() {
    ServiceEntry entry =
        serviceEntry(
            spec ->
                spec.addEndpoints(
                    spec(one -> one.address("10.0.0.1")),
                    spec(two -> two.address("").network("n")),
                    spec(three -> three.address("10.0.0.3").serviceAccount("a"))));
    assertThat(endpoints(definition(entry)))
        .extracting(MeshEndpoint::workloadName, MeshEndpoint::namespace, MeshEndpoint::tlsMode)
        .containsExactly(
            tuple("ratings-0", "demo", "disabled"),
            tuple("ratings-1", "demo", "disabled"),
            tuple("ratings-2", "demo", "istio"));
  }

  @ParameterizedTest
  @CsvSource({
    "STATIC, n, 1",
    "DNS, n, 1",
    "DNS_ROUND_ROBIN, n, 1",
    "NONE, n, 0",
    "STATIC, '', 0",
    "DNS, '', 0"
  })
  void anEndpointWithoutAnAddressIsOneBehindTheGatewayOfItsNetwork(
      Resolution resolution, String network, int expected) {
    ServiceEntry entry =
        serviceEntry(
            spec ->
                spec.resolution(resolution)
                    .addEndpoints(spec(one -> one.address("").network(network))));
    assertThat(endpoints(definition(entry)))
        .hasSize(expected)
        .allSatisfy(
            endpoint -> {
              assertThat(endpoint.address()).isEmpty();
              assertThat(endpoint.network()).isEqualTo("n");
            });
  }

  @ParameterizedTest
  @CsvSource({"STATIC, true", "DNS, true", "DNS_ROUND_ROBIN, true", "NONE, false"})
  void aWorkloadWithoutAnAddressFitsWhereProxiesChooseTheEndpoint(
      Resolution resolution, boolean expected) {
    ServiceDefinition definition =
        definition(
            serviceEntry(
                spec ->
                    spec.resolution(resolution)
                        .workloadSelector(WorkloadSelector.builder().build())));
    assertThat(definition.selects(workload(spec -> spec.address("").network("n"))))
        .isEqualTo(expected);
  }

  @Test
  void aNameIsNoEndpointOfAStaticServiceButASocketIs() {
    ServiceEntry entry =
        serviceEntry(
            spec ->
                spec.addEndpoints(
                    spec(one -> one.address("vm.test")),
                    spec(two -> two.address("unix:///run/x.sock"))));
    assertThat(endpoints(definition(entry)))
        .extracting(MeshEndpoint::address, MeshEndpoint::port)
        .containsExactly(tuple("unix:///run/x.sock", 0));
  }

  @Test
  void aSelectorShutsOutInlineEndpoints() {
    ServiceEntry entry =
        serviceEntry(
            spec ->
                spec.workloadSelector(WorkloadSelector.builder().build())
                    .addEndpoints(spec(one -> one)));
    assertThat(endpoints(definition(entry))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // workload maps the port, targetPort, expected
    "8080, 9090, 8080",
    ", 9090, 9090",
    "8080, , 8080",
    ", , 80"
  })
  void portOnTheWorkloadIsItsOwnThenTheTargetPortThenTheNumber(
      Integer mapped, Integer target, int expected) {
    ServiceEntryPort.Builder port = ServiceEntryPort.builder().number(80).name("http");
    if (target != null) {
      port.targetPort(target);
    }
    ServiceDefinition definition =
        definition(serviceEntry(spec -> spec.ports(List.of(port.build()))));
    MeshWorkload workload =
        workload(
            spec ->
                spec.ports(
                    mapped == null ? Map.of("other", 1) : Map.of("http", mapped, "other", 1)));
    assertThat(definition.endpoints(workload))
        .extracting(MeshEndpoint::port)
        .containsExactly(expected);
  }

  @Test
  void aPortBeyondTheLastIsNoEndpoint() {
    assertThat(
            definition(serviceEntry(spec -> spec))
                .endpoints(workload(spec -> spec.ports(Map.of("http", 70_000)))))
        .isEmpty();
  }

  @Test
  void aSelectorMatchesWorkloadsOfItsNamespaceWithAllItsLabels() {
    ServiceDefinition definition =
        definition(
            serviceEntry(
                spec ->
                    spec.workloadSelector(
                        WorkloadSelector.builder().putLabels("app", "r").build())));
    assertThat(definition.selects(workload(spec -> spec.putLabels("app", "r").putLabels("v", "1"))))
        .isTrue();
    assertThat(definition.selects(workload(spec -> spec.putLabels("app", "x")))).isFalse();
    assertThat(
            definition.selects(
                MeshWorkload.builder()
                    .from(workload(spec -> spec.putLabels("app", "r")))
                    .namespace("other")
                    .build()))
        .isFalse();
  }

  @Test
  void anEmptySelectorMatchesAllAndNoSelectorNothing() {
    assertThat(
            definition(
                    serviceEntry(spec -> spec.workloadSelector(WorkloadSelector.builder().build())))
                .selects(workload(spec -> spec)))
        .isTrue();
    assertThat(definition(serviceEntry(spec -> spec)).selects(workload(spec -> spec))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "STATIC, 10.0.0.1, true",
    "STATIC, fd00::1, true",
    "STATIC, vm.test, false",
    "STATIC, unix:///run/x.sock, false",
    "NONE, vm.test, false",
    "DNS, 10.0.0.1, true",
    "DNS, vm.test, true",
    "DNS, unix:///run/x.sock, true",
    "DNS_ROUND_ROBIN, vm.test, true"
  })
  void workloadsWithANameOrASocketFitDnsServicesOnly(
      Resolution resolution, String address, boolean expected) {
    ServiceDefinition definition =
        definition(
            serviceEntry(
                spec ->
                    spec.resolution(resolution)
                        .workloadSelector(WorkloadSelector.builder().build())));
    assertThat(definition.selects(workload(spec -> spec.address(address)))).isEqualTo(expected);
  }

  private static List<MeshEndpoint> endpoints(ServiceDefinition definition) {
    return definition.inlineWorkloads().stream()
        .flatMap(workload -> definition.endpoints(workload).stream())
        .toList();
  }
}
