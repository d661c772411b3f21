package io.mooring.model.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.model.ConfigKey;
import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.kubernetes.ServiceSpec;
import io.mooring.model.mesh.MeshNetworks;
import io.mooring.model.mesh.MeshNetworksSpec;
import io.mooring.model.mesh.Network;
import io.mooring.model.networking.HttpMatchRequest;
import io.mooring.model.networking.HttpRoute;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadGroup;
import io.mooring.model.networking.WorkloadGroupMetadata;
import io.mooring.model.networking.WorkloadGroupSpec;
import io.mooring.model.networking.WorkloadSelector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeshValidatorTest {

  @Test
  void timeoutOfHostWithOnlyEncryptedPortsIsWarnedOf() {
    assertThat(paths(external("HTTPS"), timeout())).containsExactly("spec.http[0].timeout");
    assertThat(paths(external("TLS"), timeout())).containsExactly("spec.http[0].timeout");
  }

  @Test
  void timeoutThatSomePortCanHaveIsFine() {
    assertThat(paths(external("HTTP"), timeout())).isEmpty();
    assertThat(paths(external("HTTPS", "HTTP"), timeout())).isEmpty();
    assertThat(paths(timeout())).isEmpty();
  }

  @Test
  void portOfTheRouteDecides() {
    VirtualService route =
        service(
            HttpRoute.builder()
                .timeout(Duration.ofSeconds(1))
                .addMatch(HttpMatchRequest.builder().port(1000).build())
                .build());

    assertThat(paths(external("HTTPS", "HTTP"), route)).containsExactly("spec.http[0].timeout");
    assertThat(paths(external("HTTP", "HTTPS"), route)).isEmpty();
  }

  @Test
  void groupThatNoServiceSelectsIsWarnedOf() {
    assertThat(paths(group("app", "a"))).containsExactly("spec.template.labels");
    assertThat(paths(group("app", "a"), selecting("shop", "app", "b")))
        .containsExactly("spec.template.labels");
    assertThat(paths(group("app", "a"), selecting("other", "app", "a")))
        .containsExactly("spec.template.labels");
  }

  @Test
  void groupThatServiceEntryOrServiceSelectsIsFine() {
    assertThat(paths(group("app", "a"), selecting("shop", "app", "a"))).isEmpty();
    Service service =
        Service.builder()
            .metadata(Metadata.of("shop", "s"))
            .spec(ServiceSpec.builder().putSelector("app", "a").build())
            .build();
    assertThat(paths(group("app", "a"), service)).isEmpty();
  }

  @Test
  void entryBehindNetworkWithoutGatewayIsUnreachable() {
    WorkloadEntry entry =
        WorkloadEntry.builder()
            .metadata(Metadata.of("shop", "w"))
            .spec(WorkloadEntrySpec.builder().network("vms").build())
            .build();
    assertThat(paths(entry)).containsExactly("spec.network");
    MeshNetworks networks =
        MeshNetworks.builder()
            .metadata(Metadata.of("istio-system", "istio"))
            .spec(
                MeshNetworksSpec.builder()
                    .putNetworks(
                        "vms",
                        Network.builder()
                            .addGateways(
                                Network.NetworkGateway.builder()
                                    .address("192.0.2.1")
                                    .port(15443)
                                    .build())
                            .build())
                    .build())
            .build();
    assertThat(paths(entry, networks)).isEmpty();
  }

  private static List<String> paths(ConfigObject... objects) {
    Map<ConfigKey, List<Violation>> found = MeshValidator.validate(List.of(objects));
    return found.values().stream()
        .flatMap(List::stream)
        .map(violation -> violation.path().toString())
        .toList();
  }

  private static VirtualService timeout() {
    return service(HttpRoute.builder().timeout(Duration.ofSeconds(1)).build());
  }

  private static VirtualService service(HttpRoute route) {
    return VirtualService.builder()
        .metadata(Metadata.of("shop", "v"))
        .spec(VirtualServiceSpec.builder().addHosts("api.example.org").addHttp(route).build())
        .build();
  }

  private static ServiceEntry external(String... protocols) {
    ServiceEntrySpec.Builder spec = ServiceEntrySpec.builder().addHosts("API.example.org");
    for (int i = 0; i < protocols.length; i++) {
      spec.addPorts(
          ServiceEntryPort.builder().number(1000 + i).name("p" + i).protocol(protocols[i]).build());
    }
    return ServiceEntry.builder().metadata(Metadata.of("shop", "e")).spec(spec.build()).build();
  }

  private static ServiceEntry selecting(String namespace, String label, String value) {
    return ServiceEntry.builder()
        .metadata(Metadata.of(namespace, "s"))
        .spec(
            ServiceEntrySpec.builder()
                .workloadSelector(WorkloadSelector.builder().putLabels(label, value).build())
                .build())
        .build();
  }

  private static WorkloadGroup group(String label, String value) {
    return WorkloadGroup.builder()
        .metadata(Metadata.of("shop", "g"))
        .spec(
            WorkloadGroupSpec.builder()
                .metadata(WorkloadGroupMetadata.builder().putLabels(label, value).build())
                .build())
        .build();
  }
}
