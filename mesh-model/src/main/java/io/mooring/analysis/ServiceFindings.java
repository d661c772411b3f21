package io.mooring.analysis;

import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.service.MeshEndpoint;
import io.mooring.service.MeshPort;
import io.mooring.service.MeshService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What is wrong with services. */
final class ServiceFindings {

  private static final int NAMED = 3; // workloads that a reason names before it only counts

  private ServiceFindings() {}

  static Stream<Finding> of(MeshIndex mesh) {
    return mesh.snapshot().services().stream().flatMap(service -> of(mesh, service));
  }

  private static Stream<Finding> of(MeshIndex mesh, MeshService service) {
    if (!needsEndpoints(service)) {
      return Stream.empty();
    }
    List<MeshEndpoint> endpoints = mesh.snapshot().endpoints(service.key());
    if (endpoints.isEmpty()) {
      if (isToCome(mesh, service)) {
        return Stream.of(
            new Finding(
                FindingCode.SERVICE_ENDPOINTS_TO_COME,
                service.definedBy(),
                "%s has no endpoint yet: it selects the members of %s"
                    .formatted(service.host(), names(mesh.groupsOf(service))),
                "let a VM join"));
      }
      if (isUnseen(mesh, service)) {
        return Stream.of(
            new Finding(
                FindingCode.SERVICE_PODS_UNSEEN,
                service.definedBy(),
                "%s has no endpoint, as no source hands over pods".formatted(service.host()),
                "nothing, if pods are its endpoints"));
      }
      return Stream.of(
          new Finding(
              FindingCode.SERVICE_WITHOUT_ENDPOINTS,
              service.definedBy(),
              service.host() + " has no endpoint: " + why(mesh, service),
              advice(mesh, service)));
    }
    Set<Integer> served = MeshIndex.servedPorts(endpoints);
    return service.ports().stream()
        .filter(port -> !served.contains(port.number()))
        .map(port -> unserved(service, port));
  }

  /** Clients of the other ones find the way by DNS, or pass through. */
  private static boolean needsEndpoints(MeshService service) {
    return service.selector().isPresent() || service.resolution() == Resolution.STATIC;
  }

  /** Where no workload has the labels, but a group would give them to its members. */
  private static boolean isToCome(MeshIndex mesh, MeshService service) {
    return !mesh.groupsOf(service).isEmpty()
        && mesh.workloadsIn(service.namespace()).stream()
            .noneMatch(it -> it.has(MeshIndex.selector(service)));
  }

  /** A directory of configuration has no pods: nothing is said of those that it does not have. */
  private static boolean isUnseen(MeshIndex mesh, MeshService service) {
    Map<String, String> selector = MeshIndex.selector(service);
    return service.origin() == MeshService.Origin.KUBERNETES_SERVICE
        && !mesh.seesPods()
        && mesh.nearest(service.namespace(), selector).isEmpty()
        && mesh.workloadsElsewhere(service.namespace(), it -> it.has(selector)).isEmpty();
  }

  private static Finding unserved(MeshService service, MeshPort port) {
    return new Finding(
        FindingCode.PORT_WITHOUT_ENDPOINTS,
        service.definedBy(),
        "port %d '%s' of %s has no endpoint: no workload has the port that it targets"
            .formatted(port.number(), port.name(), service.host()),
        "name the port in the workloads' ports");
  }

  private static String advice(MeshIndex mesh, MeshService service) {
    if (hasEndpointsOfSlices(mesh, service)) {
      return "see to it that a source has the pods, and that they are ready";
    }
    if (service.selector().isEmpty()) {
      return "add endpoints or a workloadSelector";
    }
    Map<String, String> selector = service.selector().get();
    if (mesh.workloadsIn(service.namespace()).stream().anyMatch(it -> it.has(selector))) {
      return "see what is found of these workloads";
    }
    return mesh.workloadsElsewhere(service.namespace(), it -> it.has(selector)).isEmpty()
        ? "start a workload with the labels that it selects, or correct the selector"
        : "bring service and workloads into one namespace";
  }

  private static String why(MeshIndex mesh, MeshService service) {
    if (hasEndpointsOfSlices(mesh, service)) {
      return "those of its EndpointSlices are not ready, or are pods that no source has";
    }
    if (service.selector().isEmpty()) {
      return "it lists none and selects none";
    }
    Map<String, String> selector = service.selector().get();
    List<Described> selected =
        mesh.workloadsIn(service.namespace()).stream().filter(it -> it.has(selector)).toList();
    if (!selected.isEmpty()) {
      return "none of the workloads that it selects can be used: " + names(selected);
    }
    List<Described> elsewhere =
        mesh.workloadsElsewhere(service.namespace(), it -> it.has(selector));
    if (!elsewhere.isEmpty()) {
      return "it selects %s in namespace '%s' only; such are in another one: %s"
          .formatted(selector, service.namespace(), names(elsewhere));
    }
    return mesh.nearest(service.namespace(), selector)
        .map(
            nearest ->
                "no workload has %s; the nearest is %s, label %s"
                    .formatted(selector, nearest.key(), nearest.lacks(selector)))
        .orElseGet(
            () -> "no workload of namespace '%s' has %s".formatted(service.namespace(), selector));
  }

  private static boolean hasEndpointsOfSlices(MeshIndex mesh, MeshService service) {
    return service.origin() == MeshService.Origin.KUBERNETES_SERVICE
        && mesh.snapshot().objects(EndpointSlice.class, service.namespace()).stream()
            .filter(
                slice ->
                    service
                        .name()
                        .equals(slice.metadata().labels().get("kubernetes.io/service-name")))
            .anyMatch(slice -> !slice.endpoints().isEmpty());
  }

  private static String names(List<Described> workloads) {
    List<String> names = new ArrayList<>();
    workloads.stream().limit(NAMED).forEach(workload -> names.add(workload.key().toString()));
    int more = workloads.size() - names.size();
    return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
  }
}
