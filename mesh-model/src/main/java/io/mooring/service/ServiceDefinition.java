package io.mooring.service;

import io.mooring.model.MeshStyle;
import io.mooring.model.kubernetes.Service;
import io.mooring.model.networking.ServiceEntry;
import io.mooring.model.networking.ServiceEntrySpec.Resolution;
import io.mooring.model.spiffe.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
   */
  static ServiceDefinition of(Service service, String clusterDomain) {
    return KubernetesServiceRules.definition(service, clusterDomain);
  }

  /** Returns the age of the defining object. */
  default Age age() {
    return Age.of(service());
  }

  /**
   * Returns whether {@code workload} is an endpoint of this service.
   *
   * <p>A workload with a DNS name or a Unix socket for an address fits only a service that is
   * resolved by DNS: an EDS cluster cannot hold a name.
   */
  default boolean selects(MeshWorkload workload) {
    Optional<Map<String, String>> selector = service().selector();
    return selector.isPresent()
        && workload.namespace().equals(service().namespace())
        && workload.labels().entrySet().containsAll(selector.get().entrySet())
        && (workload.hasIp() || isResolvedByDns());
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
   * that is a name must be one of the workload's, or there is no endpoint.
   */
  default List<MeshEndpoint> endpoints(MeshWorkload workload) {
    List<MeshEndpoint> endpoints = new ArrayList<>();
    for (MeshPort port : service().ports()) {
      int target = targetPort(port, workload);
      if (workload.isUnixSocket() || MeshPort.isValid(target)) {
        endpoints.add(endpoint(port, workload.isUnixSocket() ? 0 : target, workload));
      }
    }
    return endpoints;
  }

  private int targetPort(MeshPort port, MeshWorkload workload) {
    String targetName = namedTargets().get(port.number());
    return targetName != null
        ? workload.ports().getOrDefault(targetName, -1)
        : workload.ports().getOrDefault(port.name(), port.targetPort().orElse(port.number()));
  }

  private static MeshEndpoint endpoint(MeshPort port, int target, MeshWorkload workload) {
    return MeshEndpoint.builder()
        .address(workload.address())
        .port(target)
        .servicePortName(port.name())
        .servicePort(port.number())
        .labels(workload.labels())
        .locality(workload.locality())
        .weight(workload.weight())
        .tlsMode(workload.tlsMode())
        .draining(workload.draining())
        .identity(workload.identity())
        .network(workload.network())
        .namespace(workload.namespace())
        .workloadName(workload.workloadName())
        .build();
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
