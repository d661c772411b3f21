package io.mooring.registry;

import io.mooring.model.Metadata;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadSelector;
import java.util.Map;

/** Short ways to make objects for the tests of this package. */
final class TestObjects {

  private TestObjects() {}

  static ServiceEntry selecting(String namespace, String name, String host, String app) {
    return ServiceEntry.builder()
        .metadata(Metadata.of(namespace, name))
        .spec(
            ServiceEntrySpec.builder()
                .addHosts(host)
                .addPorts(
                    ServiceEntryPort.builder().number(80).name("http").protocol("HTTP").build())
                .resolution(Resolution.STATIC)
                .location(ServiceEntrySpec.Location.MESH_INTERNAL)
                .workloadSelector(WorkloadSelector.builder().putLabels("app", app).build())
                .build())
        .build();
  }

  static WorkloadEntry workload(String namespace, String name, String address, String app) {
    return WorkloadEntry.builder()
        .metadata(Metadata.of(namespace, name))
        .spec(
            WorkloadEntrySpec.builder()
                .address(address)
                .labels(Map.of("app", app))
                .serviceAccount(app)
                .build())
        .build();
  }
}
