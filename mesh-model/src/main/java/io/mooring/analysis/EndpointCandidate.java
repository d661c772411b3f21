package io.mooring.analysis;

import static java.util.Objects.requireNonNull;

import io.mooring.model.ConfigKey;
import io.mooring.model.networking.WorkloadEntry;
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
 * @param object the entry that describes it
 * @param address where it is; empty where nobody has said
 * @param rejection why it is no endpoint; empty where it is one
 */
public record EndpointCandidate(ConfigKey object, String address, Optional<String> rejection) {

  public EndpointCandidate {
    requireNonNull(object, "object");
    requireNonNull(address, "address");
    requireNonNull(rejection, "rejection");
  }

  /**
   * Returns every WorkloadEntry that has at least one of the labels that {@code service} selects,
   * of its own namespace, or all of them, of another one. Pure; walks over all entries.
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
    return snapshot.objects(WorkloadEntry.class).stream()
        .flatMap(entry -> candidate(snapshot, service, port, entry, endpoints))
        .sorted(Comparator.comparing(EndpointCandidate::object))
        .toList();
  }

  private static Stream<EndpointCandidate> candidate(
      RegistrySnapshot snapshot,
      MeshService service,
      MeshPort port,
      WorkloadEntry entry,
      Collection<MeshEndpoint> endpoints) {
    Map<String, String> selector = MeshIndex.selector(service);
    Described workload = Described.of(entry);
    boolean isOfNamespace = entry.metadata().namespace().equals(service.namespace());
    if (isOfNamespace ? workload.agreements(selector) == 0 : !workload.has(selector)) {
      return Stream.empty();
    }
    Optional<String> rejection;
    if (!isOfNamespace) {
      rejection =
          Optional.of(
              "it is in namespace '%s'; the service selects in '%s' only"
                  .formatted(entry.metadata().namespace(), service.namespace()));
    } else if (!workload.has(selector)) {
      rejection = Optional.of("label " + workload.lacks(selector));
    } else {
      rejection = unusable(snapshot, service, port, entry, endpoints);
    }
    return Stream.of(new EndpointCandidate(entry.key(), entry.spec().address(), rejection));
  }

  private static Optional<String> unusable(
      RegistrySnapshot snapshot,
      MeshService service,
      MeshPort port,
      WorkloadEntry entry,
      Collection<MeshEndpoint> endpoints) {
    Optional<MeshWorkload> workload = MeshWorkload.of(entry, snapshot.settings().trustDomain());
    if (workload.isEmpty()) {
      return Optional.of(
          entry.spec().address().isEmpty()
              ? "it has no address"
              : "unhealthy: its condition Healthy is not True");
    }
    List<MeshEndpoint> atWorkload =
        endpoints.stream()
            .filter(endpoint -> endpoint.namespace().equals(workload.get().namespace()))
            .filter(endpoint -> endpoint.address().equals(workload.get().address()))
            .toList();
    if (atWorkload.isEmpty() && !workload.get().hasIp()) {
      return Optional.of(
          "its address '%s' is no IP, and the resolution is %s"
              .formatted(workload.get().address(), service.resolution()));
    }
    return atWorkload.stream().anyMatch(endpoint -> endpoint.servicePort() == port.number())
        ? Optional.empty()
        : Optional.of(
            "port unmatched: it has no port for %d '%s'; its own are %s"
                .formatted(port.number(), port.name(), workload.get().ports()));
  }
}
