package io.mooring.analysis;

import io.mooring.model.ConfigKey;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What is wrong between networks. */
final class NetworkFindings {

  private final MeshIndex mesh;
  private final Map<String, String> exampleByNetwork = new TreeMap<>();
  private final Stream.Builder<Finding> found = Stream.builder();

  private NetworkFindings(MeshIndex mesh) {
    this.mesh = mesh;
    for (MeshService service : mesh.snapshot().services()) {
      of(service);
    }
    Set<String> networks = exampleByNetwork.keySet();
    if (networks.size() > 1) {
      exampleByNetwork.forEach(this::closed);
    }
  }

  static Stream<Finding> of(MeshIndex mesh) {
    return new NetworkFindings(mesh).found.build();
  }

  private void of(MeshService service) {
    Map<String, MeshEndpoint> firstBySocket = new HashMap<>();
    for (MeshEndpoint endpoint : mesh.snapshot().endpoints(service.key())) {
      String network = endpoint.network();
      if (network.isEmpty()) {
        continue;
      }
      exampleByNetwork.putIfAbsent(network, endpoint.workloadName() + " of " + service.host());
      if (endpoint.address().isEmpty()) {
        if (!hasGateway(network)) {
          found.add(unreachable(service, endpoint));
        }
        continue;
      }
      MeshEndpoint first =
          firstBySocket.putIfAbsent(endpoint.address() + " " + endpoint.port(), endpoint);
      if (first != null
          && !first.network().equals(network)
          && !(hasGateway(network) && hasGateway(first.network()))) {
        found.add(ambiguous(service, first, endpoint));
      }
    }
  }

  private boolean hasGateway(String network) {
    return !mesh.snapshot().networks().gateways(network).isEmpty();
  }

  private static Finding unreachable(MeshService service, MeshEndpoint endpoint) {
    return new Finding(
        FindingCode.WORKLOAD_UNUSABLE,
        new ConfigKey("WorkloadEntry", endpoint.namespace(), endpoint.workloadName()),
        "%s selects it, but it has no address, and network '%s' has no gateway"
            .formatted(service.definedBy(), endpoint.network()),
        "set spec.address, or name a gateway of the network in MeshNetworks");
  }

  private static Finding ambiguous(MeshService service, MeshEndpoint one, MeshEndpoint other) {
    return new Finding(
        FindingCode.NETWORK_ADDRESS_AMBIGUOUS,
        service.definedBy(),
        "networks '%s' and '%s' both have an endpoint of %s at %s:%d: each proxy calls the one of"
                .formatted(
                    one.network(), other.network(), service.host(), other.address(), other.port())
            + " its own network, and none the other",
        "name a gateway of both networks in MeshNetworks");
  }

  private void closed(String network, String example) {
    if (!hasGateway(network)) {
      Set<String> others = new TreeSet<>(exampleByNetwork.keySet());
      others.remove(network);
      found.add(
          new Finding(
              FindingCode.NETWORK_WITHOUT_GATEWAY,
              new ConfigKey("MeshNetworks", mesh.snapshot().settings().rootNamespace(), "istio"),
              "network '%s' has no gateway: proxies of %s call its endpoints (e.g. %s) at their own address"
                  .formatted(network, others, example),
              "name a gateway, or make sure that the addresses can be reached from there"));
    }
  }
}
