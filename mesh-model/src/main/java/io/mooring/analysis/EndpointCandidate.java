package io.mooring.analysis;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import io.mooring.service.MeshWorkload;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A workload that might serve a port, and why it does not. Immutable.
 *
 * @param object the entry or pod that describes it
 * @param address where it is; empty where it cannot be used
 * @param rejection why it is no endpoint; empty where it is one
 */
public record EndpointCandidate(ConfigKey object, String address, Optional<String> rejection) {

  public EndpointCandidate {
    requireNonNull(object, "object");
    requireNonNull(address, "address");
    requireNonNull(rejection, "rejection");
  }

  /**
   * Returns every WorkloadEntry and Pod that has at least one of the labels that {@code service}
   * selects, of its own namespace, or all of them, of another one. Pure; walks over all workloads.
   *
   * @return by key; empty for a service that selects nothing
   */
  public static List<EndpointCandidate> of(
      RegistrySnapshot snapshot, MeshService service, MeshPort port) {
    Map<String, String> selector = MeshIndex.selector(service);
    if (selector.isEmpty()) {
      return List.of();
    }
    Collection<MeshEndpoint> endpoints = snapshot.endpoints(service.key());
    return MeshIndex.described(snapshot)
        .flatMap(workload -> candidate(service, port, workload, endpoints))
        .sorted(Comparator.comparing(EndpointCandidate::object))
        .toList();
  }

  private static Stream<EndpointCandidate> candidate(
      MeshService service, MeshPort port, Described workload, Collection<MeshEndpoint> endpoints) {
    Map<String, String> selector = MeshIndex.selector(service);
    String namespace = workload.key().namespace();
    boolean isOfNamespace = namespace.equals(service.namespace());
    if (isOfNamespace ? workload.agreements(selector) == 0 : !workload.has(selector)) {
      return Stream.empty();
    }
    Optional<String> rejection;
    if (!isOfNamespace) {
      rejection =
          Optional.of(
              "it is in namespace '%s'; the service selects in '%s' only"
                  .formatted(namespace, service.namespace()));
    } else if (!workload.has(selector)) {
      rejection = Optional.of("label " + workload.lacks(selector));
    } else {
      rejection = unusable(service, port, workload, endpoints);
    }
    return Stream.of(
        new EndpointCandidate(
            workload.key(), workload.workload().map(MeshWorkload::address).orElse(""), rejection));
  }

  private static Optional<String> unusable(
      MeshService service, MeshPort port, Described described, Collection<MeshEndpoint> endpoints) {
    if (described.workload().isEmpty()) {
      return Optional.of(described.absence());
    }
    MeshWorkload workload = described.workload().get();
    List<MeshEndpoint> atWorkload =
        endpoints.stream()
            .filter(endpoint -> endpoint.namespace().equals(workload.namespace()))
            .filter(endpoint -> endpoint.address().equals(workload.address()))
            .toList();
    if (atWorkload.isEmpty() && !workload.hasIp()) {
      return Optional.of(
          "its address '%s' is no IP, and the resolution is %s"
              .formatted(workload.address(), service.resolution()));
    }
    return atWorkload.stream().anyMatch(endpoint -> endpoint.servicePort() == port.number())
        ? Optional.empty()
        : Optional.of(
            "port unmatched: it has no port for %d '%s'; its own are %s"
                .formatted(port.number(), port.name(), workload.ports()));
  }
}
