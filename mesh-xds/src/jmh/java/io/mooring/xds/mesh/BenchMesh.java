package io.mooring.xds.mesh;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.mooring.model.ConfigObject;
import io.mooring.model.Metadata;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntryPort;
import io.mooring.model.networking.ServiceEntrySpec;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.networking.WorkloadEntrySpec;
import io.mooring.model.networking.WorkloadSelector;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.registry.ServiceRegistry;
import io.mooring.registry.memory.MemorySource;
import io.mooring.xds.node.ProxyNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A mesh of many HTTP services with two workloads each. */
final class BenchMesh implements AutoCloseable {

  static final ProxyNode PROXY =
      ProxyNode.parse(
          Node.newBuilder().setId("sidecar~10.9.9.9~web.demo~demo.svc.cluster.local").build());

  private static final int PORTS = 10;

  private final MemorySource source = new MemorySource();
  private final ServiceRegistry registry;
  private RegistryChange last;

  BenchMesh(int services) {
    this(services, false);
  }

  /**
   * @param rules whether every service has a DestinationRule, a VirtualService and a
   *     PeerAuthentication of its own
   */
  BenchMesh(int services, boolean rules) {
    List<ConfigObject> objects = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      if (rules) {
        objects.addAll(BenchRules.of(i));
      }
      objects.add(service(i));
      objects.add(workload(i, 0, 1));
      objects.add(workload(i, 1, 1));
    }
    source.put(objects.toArray(ConfigObject[]::new));
    registry =
        ServiceRegistry.builder()
            .source(source)
            .writer(Runnable::run)
            .delivery(Runnable::run)
            .build();
    registry.addListener((snapshot, change) -> last = new RegistryChange(snapshot, change));
    registry.start();
  }

  RegistrySnapshot snapshot() {
    return registry.snapshot();
  }

  RegistryChange changeWeight(int weight) {
    source.put(workload(0, 0, weight));
    return last;
  }

  private static ServiceEntry service(int number) {
    return ServiceEntry.builder()
        .metadata(Metadata.of("demo", "service-" + number))
        .spec(
            ServiceEntrySpec.builder()
                .addHosts("service-" + number + ".demo.svc.cluster.local")
                .location(ServiceEntrySpec.Location.MESH_INTERNAL)
                .resolution(ServiceEntrySpec.Resolution.STATIC)
                .addPorts(
                    ServiceEntryPort.builder()
                        .number(8000 + number % PORTS)
                        .name("http")
                        .protocol("HTTP")
                        .build())
                .workloadSelector(
                    WorkloadSelector.builder().putLabels("app", "service-" + number).build())
                .build())
        .build();
  }

  private static WorkloadEntry workload(int service, int number, int weight) {
    return WorkloadEntry.builder()
        .metadata(Metadata.of("demo", "service-" + service + "-" + number))
        .spec(
            WorkloadEntrySpec.builder()
                .address("10.%d.%d.%d".formatted(number, service / 250, service % 250 + 1))
                .labels(Map.of("app", "service-" + service, "version", "v" + number))
                .serviceAccount("service-" + service)
                .weight(weight)
                .build())
        .build();
  }

  @Override
  public void close() {
    registry.close();
  }
}
