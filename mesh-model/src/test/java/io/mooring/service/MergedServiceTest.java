package io.mooring.service;

import static io.mooring.service.Entries.definition;
import static io.mooring.service.Entries.port;
import static io.mooring.service.Entries.serviceEntry;
import static io.mooring.service.Entries.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.mooring.model.Metadata;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergedServiceTest {

  private static final ServiceEntry FIRST =
      serviceEntry(
          "a",
          spec ->
              spec.addAddresses("10.9.0.1")
                  .addSubjectAltNames("one")
                  .addEndpoints(spec(endpoint -> endpoint.address("10.0.0.1"))));
  private static final ServiceEntry SECOND =
      serviceEntry(
          "b",
          spec ->
              spec.ports(List.of(port(80, "web"), port(81, "admin")))
                  .addAddresses("10.9.0.2")
                  .addSubjectAltNames("two")
                  .addEndpoints(spec(endpoint -> endpoint.address("10.0.0.2"))));

  @Test
  void entriesOfOneHostAddPortsAddressesAndEndpointsOldestFirst() {
    MergedService merged = merge(SECOND, FIRST);
    assertThat(merged.service().name()).isEqualTo("a");
    assertThat(merged.service().ports())
        .extracting(MeshPort::number, MeshPort::name)
        .containsExactly(tuple(80, "http"), tuple(81, "admin"));
    assertThat(merged.service().addresses()).containsExactly("10.9.0.1", "10.9.0.2");
    assertThat(merged.service().subjectAltNames()).containsExactly("one", "two");
    assertThat(usable(merged))
        .extracting(MeshEndpoint::servicePort, MeshEndpoint::servicePortName, MeshEndpoint::address)
        .containsExactly(
            tuple(80, "http", "10.0.0.1"),
            tuple(80, "http", "10.0.0.2"),
            tuple(81, "admin", "10.0.0.2"));
  }

  @Test
  void theOldestDecidesWhateverItsName() {
    MergedService merged = merge(created(FIRST, 2), created(SECOND, 1));
    assertThat(merged.service().name()).isEqualTo("b");
    assertThat(merged.service().port(80).orElseThrow().name()).isEqualTo("web");
  }

  @Test
  void anEntryWithoutCreationTimeIsOlderThanOneWith() {
    assertThat(merge(created(FIRST, 0), SECOND).service().name()).isEqualTo("b");
  }

  @Test
  void anEntryThatIsResolvedDifferentlyIsLeftOut() {
    ServiceEntry dns =
        serviceEntry("b", spec -> spec.resolution(Resolution.DNS).ports(List.of(port(81, "x"))));
    MergedService merged = merge(FIRST, dns);
    assertThat(merged.definitions()).hasSize(1);
    assertThat(merged.service().ports()).hasSize(1);
  }

  @Test
  void anEntryThatIsExportedElsewhereMakesAServiceOfItsOwn() {
    List<MergedService> services =
        services(FIRST, exported("b", "10.0.0.9", "."), exported("c", "10.0.0.10", "demo"));
    assertThat(services)
        .extracting(it -> it.service().key(), it -> it.service().name())
        .containsExactly(
            tuple(new ServiceKey("ratings.demo", "demo"), "a"),
            tuple(new ServiceKey("ratings.demo", "demo", "demo"), "b"));
    assertThat(services.get(0).service().exportTo()).containsExactly("*");
    assertThat(services.get(1).service().exportTo()).containsExactly(".");
    assertThat(usable(services.get(0)))
        .extracting(MeshEndpoint::address)
        .containsExactly("10.0.0.1");
    assertThat(usable(services.get(1)))
        .extracting(MeshEndpoint::address)
        .containsExactly("10.0.0.9", "10.0.0.10");
    assertThat(services).allSatisfy(it -> assertThat(it.conflicts()).isEmpty());
  }

  @Test
  void namespacesMayBeNamedInAnyOrderAndWithStarOrTildeAmongThem() {
    assertThat(
            services(
                exported("a", "10.0.0.1", "y", "x"),
                exported("b", "10.0.0.2", "x", "y"),
                exported("c", "10.0.0.3", "*"),
                exported("d", "10.0.0.4", "x", "*"),
                exported("e", "10.0.0.5", "~"),
                exported("f", "10.0.0.6", "~", "x")))
        .extracting(it -> it.service().audience(), it -> it.definitions().size())
        .containsExactly(tuple("", 2), tuple("*", 2), tuple("~", 2));
  }

  @Test
  void oneOfAnAudienceThatIsResolvedDifferentlyIsReportedBesideThatOfItsOwnAudience() {
    ServiceEntry dns = serviceEntry("c", spec -> spec.resolution(Resolution.DNS).addExportTo("."));
    List<MergedService> services = services(FIRST, exported("b", "10.0.0.9", "."), dns);
    assertThat(services.get(0).conflicts()).isEmpty();
    assertThat(services.get(1).conflicts())
        .singleElement()
        .satisfies(
            conflict -> {
              assertThat(conflict.winner().name()).isEqualTo("b");
              assertThat(conflict.loser().name()).isEqualTo("c");
            });
  }

  private static ServiceEntry exported(String name, String address, String... exportTo) {
    return serviceEntry(
        name,
        spec ->
            spec.addExportTo(exportTo).addEndpoints(spec(endpoint -> endpoint.address(address))));
  }

  @Test
  void aKubernetesServiceStandsAlone() {
    ServiceDefinition kubernetes =
        ServiceDefinition.of(
            Service.builder()
                .metadata(
                    Metadata.builder()
                        .namespace("demo")
                        .name("ratings")
                        .creationTimestamp(Instant.EPOCH)
                        .build())
                .build(),
            "mesh.test",
            Entries.DOMAIN);
    ServiceDefinition squatter =
        definition(
            serviceEntry(
                "a",
                spec ->
                    spec.hosts(List.of("ratings.demo.svc.mesh.test"))
                        .addEndpoints(spec(endpoint -> endpoint))));
    List<MergedService> services = MergedService.of(List.of(squatter, kubernetes));
    MergedService merged = services.get(0);
    assertThat(services).hasSize(1);
    assertThat(merged.service()).isEqualTo(kubernetes.service());
    assertThat(usable(merged)).isEmpty();
  }

  @Test
  void dnsRoundRobinKeepsTheFirstEndpointOfEachPort() {
    ServiceEntry first =
        serviceEntry(
            "a",
            spec ->
                spec.resolution(Resolution.DNS_ROUND_ROBIN)
                    .addEndpoints(spec(endpoint -> endpoint.address("one.test"))));
    ServiceEntry second =
        serviceEntry(
            "b",
            spec ->
                spec.resolution(Resolution.DNS_ROUND_ROBIN)
                    .ports(List.of(port(80, "http"), port(81, "x")))
                    .addEndpoints(spec(endpoint -> endpoint.address("two.test"))));
    assertThat(usable(merge(first, second)))
        .extracting(MeshEndpoint::servicePort, MeshEndpoint::address)
        .containsExactly(tuple(80, "one.test"), tuple(81, "two.test"));
  }

  @Test
  void roundRobinKeepsTheFirstEndpointThatHasAnAddress() {
    List<ServiceEntry> entries = new ArrayList<>();
    List.of("a:", "b:", "c:one.test", "d:two.test")
        .forEach(
            text ->
                entries.add(
                    serviceEntry(
                        text.substring(0, 1),
                        spec ->
                            spec.resolution(Resolution.DNS_ROUND_ROBIN)
                                .addEndpoints(
                                    spec(
                                        endpoint ->
                                            endpoint
                                                .address(text.substring(2))
                                                .network("n" + text.charAt(0)))))));
    assertThat(usable(merge(entries.toArray(ServiceEntry[]::new))))
        .extracting(MeshEndpoint::address)
        .containsExactly("one.test");
    assertThat(usable(merge(entries.get(0), entries.get(1))))
        .extracting(MeshEndpoint::network)
        .containsExactly("na");
  }

  private static List<MergedService> services(ServiceEntry... entries) {
    List<ServiceDefinition> definitions = new ArrayList<>();
    for (ServiceEntry entry : entries) {
      definitions.add(definition(entry));
    }
    return MergedService.of(definitions);
  }

  private static MergedService merge(ServiceEntry... entries) {
    return services(entries).get(0);
  }

  private static ServiceEntry created(ServiceEntry entry, long second) {
    return ServiceEntry.builder()
        .from(entry)
        .metadata(
            Metadata.builder()
                .from(entry.metadata())
                .creationTimestamp(Instant.ofEpochSecond(second))
                .build())
        .build();
  }

  private static List<MeshEndpoint> usable(MergedService merged) {
    List<MeshEndpoint> contributed = new ArrayList<>();
    for (ServiceDefinition definition : merged.definitions()) {
      definition
          .inlineWorkloads()
          .forEach(workload -> contributed.addAll(definition.endpoints(workload)));
    }
    return merged.usable(contributed);
  }
}
