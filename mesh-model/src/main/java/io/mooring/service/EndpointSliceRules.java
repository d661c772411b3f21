package io.mooring.service;

import io.mooring.model.Locality;
import io.mooring.model.kubernetes.Endpoint;
import io.mooring.model.kubernetes.EndpointPort;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.ObjectReference;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.spiffe.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How an EndpointSlice becomes endpoints of a Kubernetes Service. Pure.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/">EndpointSlices</a>
 */
final class EndpointSliceRules {

  private EndpointSliceRules() {}

  static List<List<MeshEndpoint>> endpoints(
      ServiceDefinition definition,
      EndpointSlice slice,
      Function<String, Optional<Pod>> podsByName,
      Function<String, Optional<Pod>> podsByAddress,
      TrustDomain trustDomain,
      String cluster) {
    List<List<MeshEndpoint>> endpoints = new ArrayList<>();
    for (Endpoint endpoint : slice.endpoints()) {
      // All addresses of an endpoint mean the same one: Kubernetes says to use the first.
      endpoints.add(
          Optional.of(endpoint)
              .filter(EndpointSliceRules::hasIp)
              .flatMap(
                  it ->
                      workload(
                          slice,
                          it,
                          isServing(definition, it),
                          podsByName,
                          podsByAddress,
                          trustDomain))
              .map(workload -> ofPorts(definition, slice, workload.in(cluster)))
              .orElse(List.of()));
    }
    return endpoints;
  }

  private static List<MeshEndpoint> ofPorts(
      ServiceDefinition definition, EndpointSlice slice, MeshWorkload workload) {
    List<MeshEndpoint> ofPorts = new ArrayList<>();
    for (MeshPort port : definition.service().ports()) {
      number(slice, port)
          .ifPresent(number -> ofPorts.add(EndpointRules.endpoint(port, number, workload)));
    }
    return ofPorts;
  }

  private static boolean hasIp(Endpoint endpoint) {
    return !endpoint.addresses().isEmpty() && IpAddress.isIp(endpoint.addresses().get(0));
  }

  /** The slice knows best, whatever the pod says of itself. */
  private static boolean isServing(ServiceDefinition definition, Endpoint endpoint) {
    return endpoint.conditions().flatMap(Endpoint.Conditions::ready).orElse(true)
        || definition.publishesNotReady();
  }

  private static Optional<Integer> number(EndpointSlice slice, MeshPort port) {
    return slice.ports().stream()
        .filter(it -> it.name().equals(port.name()))
        .map(EndpointPort::port)
        .filter(number -> number.isPresent() && MeshPort.isValid(number.getAsInt()))
        .map(number -> number.getAsInt())
        .findFirst();
  }

  /** A pod that nobody knows yet is none: its peers would speak to it without mTLS. */
  private static Optional<MeshWorkload> workload(
      EndpointSlice slice,
      Endpoint endpoint,
      boolean serving,
      Function<String, Optional<Pod>> podsByName,
      Function<String, Optional<Pod>> podsByAddress,
      TrustDomain trustDomain) {
    String address = endpoint.addresses().get(0);
    Optional<String> name = podName(slice, endpoint);
    Optional<MeshWorkload> ofPod =
        name.map(podsByName)
            .orElseGet(() -> podsByAddress.apply(address))
            .map(pod -> PodRules.workload(pod, address, serving, trustDomain));
    return name.isPresent() || ofPod.isPresent()
        ? ofPod
        : Optional.of(anonymous(slice, endpoint, address, serving));
  }

  /** Returns the pod of the slice's namespace that the endpoint refers to. */
  private static Optional<String> podName(EndpointSlice slice, Endpoint endpoint) {
    return endpoint
        .targetRef()
        .filter(reference -> reference.kind().equals("Pod"))
        .filter(
            reference ->
                reference.namespace().isEmpty()
                    || reference.namespace().equals(slice.metadata().namespace()))
        .map(ObjectReference::name);
  }

  private static MeshWorkload anonymous(
      EndpointSlice slice, Endpoint endpoint, String address, boolean serving) {
    Locality locality = new Locality("", endpoint.zone(), "");
    return MeshWorkload.builder()
        .origin(MeshWorkload.Origin.POD)
        .namespace(slice.metadata().namespace())
        .name(slice.metadata().name())
        .workloadName(
            endpoint.targetRef().map(ObjectReference::name).orElse(slice.metadata().name()))
        .address(address)
        .serving(serving)
        .locality(locality)
        .labels(WorkloadRules.withTopology(Map.of(), locality, ""))
        .build();
  }
}
