package io.mooring.service;

import io.mooring.model.MeshStyle;
import io.mooring.model.kubernetes.EndpointSlice;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.mesh.ServiceEntryVisibility;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.spiffe.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.immutables.value.Value;

/**
 * What one object says of one host: the service as it would be if no other object named the host,
 * and how it picks endpoints. Immutable.
 */
@Value.Immutable
@MeshStyle
public interface ServiceDefinition {

  /** Returns the service as it would be without other definitions of its host. */
  MeshService service();

  /**
   * Returns service port number to the name of the workload's port, for the ports of a Kubernetes
   * Service whose target is a name.
   */
  Map<Integer, String> namedTargets();

  /** Returns the workloads that the object itself lists, in its order. */
  List<MeshWorkload> inlineWorkloads();

  /**
   * Returns whether the host should get a virtual IP: a ServiceEntry without addresses that is
   * neither passed through (there the client's own address counts) nor labelled {@code
   * networking.istio.io/enable-autoallocate-ip: "false"}, and no wildcard unless its resolution is
   * DYNAMIC_DNS.
   */
  @Value.Default
  default boolean wantsVirtualIp() {
    return false;
  }

  /** Returns the virtual IPs of the host that the object's status has recorded. */
  List<String> recordedVirtualIps();

  /** Returns what {@code entry} says of each of its hosts; hosts that it repeats count once. */
  static List<ServiceDefinition> of(ServiceEntry entry, TrustDomain trustDomain) {
    return ServiceEntryRules.definitions(entry, trustDomain);
  }

  /**
   * Returns what {@code service} says of its one host, {@code name.namespace.svc.clusterDomain}.
   *
   * <p>A headless service passes connections through to the address that the client resolved. An
   * {@code ExternalName} is a service outside the mesh with one endpoint, the DNS name it stands
   * for.
   *
   * @throws io.mooring.model.spiffe.InvalidSpiffeIdException if Istio's annotation of service
   *     accounts holds one that makes no SPIFFE ID
   */
  static ServiceDefinition of(Service service, String clusterDomain, TrustDomain trustDomain) {
    return KubernetesServiceRules.definition(service, clusterDomain, trustDomain);
  }

  /** Returns the id of the cluster whose source it came from; empty where the source says none. */
  @Value.Default
  default String cluster() {
    return "";
  }

  /** Returns the same as a definition of this cluster, inline workloads too. */
  default ServiceDefinition in(String cluster) {
    return cluster.isEmpty()
        ? this
        : builder()
            .from(this)
            .cluster(cluster)
            .inlineWorkloads(
                inlineWorkloads().stream().map(workload -> workload.in(cluster)).toList())
            .build();
  }

  /** Returns whether the object leaves to the mesh who sees the service. */
  @Value.Default
  default boolean exportsByDefault() {
    return false;
  }

  /** Returns the same, seen by {@code exportTo} where the object leaves that to the mesh. */
  default ServiceDefinition exportedByDefaultTo(Set<String> exportTo) {
    return exportsByDefault() ? exportedTo(exportTo) : this;
  }

  /**
   * Returns the same, seen no further than the mesh lets ServiceEntries of its namespace be; a
   * Kubernetes Service stays as it is.
   */
  default ServiceDefinition seenAtMost(ServiceEntryVisibility.Visibility visibility) {
    return isKubernetes()
        ? this
        : switch (visibility) {
          case VISIBILITY_UNSPECIFIED, PUBLIC -> this;
          case NAMESPACE -> exportedTo(Set.of(isSeenAtHome() ? "." : "~"));
          case NONE -> exportedTo(Set.of("~"));
        };
  }

  private boolean isSeenAtHome() {
    return service().isVisibleIn(service().namespace());
  }

  private ServiceDefinition exportedTo(Set<String> exportTo) {
    return service().exportTo().equals(exportTo)
        ? this
        : builder()
            .from(this)
            .service(MeshService.builder().from(service()).exportTo(exportTo).build())
            .build();
  }

  /** Returns the age of the defining object. */
  default Age age() {
    Age age = Age.of(service());
    return new Age(age.created(), age.name(), age.namespace(), cluster());
  }

  /**
   * Returns whether what {@code other} has is for this definition: a Kubernetes Service is one of
   * its cluster's own workloads, while a ServiceEntry is one of the whole mesh.
   *
   * @param other a cluster; empty, as for this one, stands for any
   */
  default boolean isOfCluster(String other) {
    return !isKubernetes() || cluster().isEmpty() || other.isEmpty() || cluster().equals(other);
  }

  /**
   * Returns whether {@code workload} is an endpoint of this service.
   *
   * <p>A workload with a DNS name or a Unix socket for an address fits only a service that is
   * resolved by DNS: an EDS cluster cannot hold a name. One without an address is reached through
   * the gateway of its network, so that it fits none that passes connections through to where the
   * client called. A headless Kubernetes Service selects pods alone: its clients learn their
   * addresses from the cluster's DNS, which knows of no others.
   */
  default boolean selects(MeshWorkload workload) {
    Optional<Map<String, String>> selector = service().selector();
    return selector.isPresent()
        && workload.namespace().equals(service().namespace())
        && workload.labels().entrySet().containsAll(selector.get().entrySet())
        && isOfCluster(workload.cluster())
        && (workload.hasAddress()
            ? workload.hasIp() || isResolvedByDns()
            : service().resolution() != Resolution.NONE)
        && (!isHeadless() || workload.origin() == MeshWorkload.Origin.POD);
  }

  private boolean isHeadless() {
    return isKubernetes() && service().resolution() == Resolution.NONE;
  }

  /** Returns whether a Kubernetes Service says this. */
  default boolean isKubernetes() {
    return service().origin() == MeshService.Origin.KUBERNETES_SERVICE;
  }

  /** Returns whether proxies resolve the endpoints' names. */
  default boolean isResolvedByDns() {
    Resolution resolution = service().resolution();
    return resolution == Resolution.DNS || resolution == Resolution.DNS_ROUND_ROBIN;
  }

  /**
   * Returns the endpoints at one workload, by ascending service port.
   *
   * <p>The port on the workload is: none for a Unix socket; else the workload's port with the name
   * of the service port; else the target port; else the number of the service port. A target port
   * that is a name must be one of the workload's, or there is no endpoint. Where a Kubernetes
   * Service selects a pod, Kubernetes' own rule holds: target port, else number.
   */
  default List<MeshEndpoint> endpoints(MeshWorkload workload) {
    List<MeshEndpoint> endpoints = new ArrayList<>();
    for (MeshPort port : service().ports()) {
      int target = targetPort(port, workload);
      if (workload.isUnixSocket() || MeshPort.isValid(target)) {
        endpoints.add(EndpointRules.endpoint(port, workload.isUnixSocket() ? 0 : target, workload));
      }
    }
    return endpoints;
  }

  private int targetPort(MeshPort port, MeshWorkload workload) {
    String targetName = namedTargets().get(port.number());
    if (targetName != null) {
      return workload.ports().getOrDefault(targetName, -1);
    }
    int target = port.targetPort().orElse(port.number());
    return isKubernetes() && workload.origin() == MeshWorkload.Origin.POD
        ? target
        : workload.ports().getOrDefault(port.name(), target);
  }

  /**
   * Returns the endpoints that a slice of this Kubernetes Service holds, one list for each endpoint
   * of the slice, in its order.
   *
   * <p>Those serve that are ready, or all where the Service publishes addresses that are not ready;
   * their ports are those of the slice that have the name of a service port. Identity, labels and
   * locality are those of the pod that the endpoint refers to, so that there is no endpoint until
   * the pod is known; one that refers to none is the pod that has its address, if there is one.
   *
   * @param podsByName looks a pod of the slice's namespace up
   * @param podsByAddress looks one up by its IP
   * @param cluster that the slice comes from; empty where its source says none
   */
  default List<List<MeshEndpoint>> endpoints(
      EndpointSlice slice,
      Function<String, Optional<Pod>> podsByName,
      Function<String, Optional<Pod>> podsByAddress,
      TrustDomain trustDomain,
      String cluster) {
    return EndpointSliceRules.endpoints(
        this, slice, podsByName, podsByAddress, trustDomain, cluster);
  }

  /** Returns whether endpoints count that are not ready. */
  @Value.Default
  default boolean publishesNotReady() {
    return false;
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceDefinition}. Not thread-safe. */
  final class Builder extends ImmutableServiceDefinition.Builder {
    Builder() {}
  }
}
