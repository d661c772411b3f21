package io.mooring.service;

import io.mooring.model.Metadata;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.spiffe.TrustDomain;
import java.util.List;
import java.util.function.UnaryOperator;

/** Short ways to make objects for the tests of this package. */
final class Entries {

  static final TrustDomain DOMAIN = new TrustDomain("mesh.test");

  private Entries() {}

  /** Returns a STATIC entry for {@code ratings.demo} in {@code demo} with port {@code http} 80. */
  static ServiceEntry serviceEntry(UnaryOperator<ServiceEntrySpec.Builder> change) {
    return serviceEntry("ratings", change);
  }

  static ServiceEntry serviceEntry(String name, UnaryOperator<ServiceEntrySpec.Builder> change) {
    return ServiceEntry.builder()
        .metadata(Metadata.of("demo", name))
        .spec(
            change
                .apply(
                    ServiceEntrySpec.builder()
                        .hosts(List.of("ratings.demo"))
                        .ports(List.of(port(80, "http")))
                        .resolution(Resolution.STATIC))
                .build())
        .build();
  }

  static ServiceEntryPort port(int number, String name) {
    return ServiceEntryPort.builder().number(number).name(name).protocol("HTTP").build();
  }

  static WorkloadEntry workloadEntry(UnaryOperator<WorkloadEntrySpec.Builder> change) {
    return WorkloadEntry.builder().metadata(Metadata.of("demo", "vm-1")).spec(spec(change)).build();
  }

  static WorkloadEntrySpec spec(UnaryOperator<WorkloadEntrySpec.Builder> change) {
    return change.apply(WorkloadEntrySpec.builder().address("10.0.0.1")).build();
  }

  static MeshWorkload workload(UnaryOperator<WorkloadEntrySpec.Builder> change) {
    return MeshWorkload.of(workloadEntry(change), DOMAIN).orElseThrow();
  }

  static ServiceDefinition definition(ServiceEntry entry) {
    return ServiceDefinition.of(entry, DOMAIN).get(0);
  }
}
