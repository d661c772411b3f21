package io.mooring.service;

import static io.mooring.service.Entries.DOMAIN;
import static io.mooring.service.Entries.workload;
import static io.mooring.service.Entries.workloadEntry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.model.Condition;
import io.mooring.model.Locality;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.spiffe.InvalidSpiffeIdException;
import io.mooring.model.spiffe.SpiffeId;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeshWorkloadTest {

  @Test
  void anEntryWithoutAddressIsAWorkloadIfItsNetworkHasGateways() {
    assertThat(MeshWorkload.of(workloadEntry(spec -> spec.address("").network("n")), DOMAIN))
        .get()
        .returns("", MeshWorkload::address)
        .returns("n", MeshWorkload::network);
    assertThat(MeshWorkload.of(workloadEntry(spec -> spec.address("").network("")), DOMAIN))
        .isEmpty();
  }

  @Test
  void labelsOfTheObjectWinOverThoseOfItsSpecification() {
    WorkloadEntry entry =
        WorkloadEntry.builder()
            .from(workloadEntry(spec -> spec.labels(Map.of("app", "spec", "v", "1"))))
            .metadata(
                Metadata.builder().namespace("demo").name("vm").putLabels("app", "object").build())
            .build();
    assertThat(MeshWorkload.of(entry, DOMAIN).orElseThrow().labels())
        .isEqualTo(Map.of("app", "object", "v", "1"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', , disabled",
    "ratings, , istio",
    "ratings, '', ''",
    "ratings, disabled, disabled",
    "'', istio, istio",
    "'', anything, anything"
  })
  void tlsModeIsTheLabelElseFollowsFromTheServiceAccount(
      String account, @Nullable String label, String expected) {
    MeshWorkload workload =
        workload(
            spec ->
                spec.serviceAccount(account)
                    .labels(label == null ? Map.of() : Map.of("security.istio.io/tlsMode", label)));
    assertThat(workload.tlsMode()).isEqualTo(expected);
  }

  @Test
  void identityIsTheServiceAccountOfTheEntrysOwnNamespace() {
    assertThat(workload(spec -> spec.serviceAccount("ratings")).identity())
        .contains(SpiffeId.parse("spiffe://mesh.test/ns/demo/sa/ratings"));
    assertThat(workload(spec -> spec).identity()).isEmpty();
  }

  @Test
  void aServiceAccountThatIsNoPathIsRefused() {
    assertThatThrownBy(() -> workload(spec -> spec.serviceAccount("no account")))
        .isInstanceOf(InvalidSpiffeIdException.class)
        .hasMessageContaining("no account");
  }

  @Test
  void localityIsTheFieldElseALabelWithDotsForSlashes() {
    assertThat(workload(spec -> spec.locality("r/z/s")).locality())
        .isEqualTo(new Locality("r", "z", "s"));
    assertThat(workload(spec -> spec.putLabels("topology.istio.io/locality", "r.z.s")).locality())
        .isEqualTo(new Locality("r", "z", "s"));
    assertThat(workload(spec -> spec.putLabels("istio-locality", "r.z")).locality())
        .isEqualTo(new Locality("r", "z", ""));
    assertThat(workload(spec -> spec).locality()).isEqualTo(Locality.UNKNOWN);
  }

  @Test
  void topologyLabelsFollowFromLocalityAndNetwork() {
    assertThat(workload(spec -> spec.locality("r/z/s").network("n")).labels())
        .isEqualTo(
            Map.of(
                "topology.kubernetes.io/region", "r",
                "topology.kubernetes.io/zone", "z",
                "topology.istio.io/subzone", "s",
                "topology.istio.io/network", "n"));
  }

  @ParameterizedTest
  @CsvSource({"of-label, n, of-label", "'', n, n", "of-label, '', of-label"})
  void aNetworkLabelStaysAndIsNotTheNetwork(String label, String network, String expected) {
    MeshWorkload workload =
        workload(spec -> spec.network(network).putLabels("topology.istio.io/network", label));
    assertThat(workload.labels()).containsEntry("topology.istio.io/network", expected);
    assertThat(workload.network()).isEqualTo(network);
  }

  @Test
  void weightZeroCountsAsOne() {
    assertThat(workload(spec -> spec).weight()).isEqualTo(1);
    assertThat(workload(spec -> spec.weight(7)).weight()).isEqualTo(7);
  }

  @Test
  void workloadNameIsTheGroupElseTheLabelElseTheEntry() {
    assertThat(workload(spec -> spec).workloadName()).isEqualTo("vm-1");
    assertThat(
            workload(spec -> spec.putLabels("service.istio.io/workload-name", "l")).workloadName())
        .isEqualTo("l");
    WorkloadEntry ofGroup =
        WorkloadEntry.builder()
            .from(workloadEntry(spec -> spec.putLabels("service.istio.io/workload-name", "l")))
            .metadata(
                Metadata.builder()
                    .namespace("demo")
                    .name("vm-1")
                    .putAnnotations("istio.io/autoRegistrationGroup", "group")
                    .build())
            .build();
    assertThat(MeshWorkload.of(ofGroup, DOMAIN).orElseThrow().workloadName()).isEqualTo("group");
  }

  @Test
  void anEmptyGroupOrNameSaysNothing() {
    WorkloadEntry entry =
        WorkloadEntry.builder()
            .from(workloadEntry(spec -> spec.putLabels("service.istio.io/workload-name", "")))
            .metadata(
                Metadata.builder()
                    .namespace("demo")
                    .name("vm-1")
                    .putAnnotations("istio.io/autoRegistrationGroup", "")
                    .build())
            .build();
    assertThat(MeshWorkload.of(entry, DOMAIN).orElseThrow().workloadName()).isEqualTo("vm-1");
  }

  @ParameterizedTest
  @CsvSource({
    "true, True, true",
    "true, False, false",
    "true, Unknown, false",
    "true, '', false",
    "1, False, false",
    "false, False, true",
    "nonsense, False, true",
    "'', False, true"
  })
  void anUnhealthyWorkloadServesNobodyOnceItsHealthIsChecked(
      String annotation, String healthy, boolean expected) {
    WorkloadEntry.Builder entry =
        WorkloadEntry.builder()
            .from(workloadEntry(spec -> spec))
            .metadata(
                Metadata.builder()
                    .namespace("demo")
                    .name("vm-1")
                    .putAnnotations("proxy.istio.io/health-checks-enabled", annotation)
                    .build());
    if (!healthy.isEmpty()) {
      entry.status(
          Status.builder()
              .addConditions(
                  Condition.builder().type("Other").status("True").build(),
                  Condition.builder().type("Healthy").status(healthy).build())
              .build());
    }
    assertThat(MeshWorkload.of(entry.build(), DOMAIN).orElseThrow().serving()).isEqualTo(expected);
  }
}
