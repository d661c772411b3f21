package io.mooring.service;

import io.mooring.model.ConfigKey;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.ServiceEntrySpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.immutables.value.Value;

/** A service as the mesh sees it, whatever object defined it. Immutable. */
@Value.Immutable
@MeshStyle
public interface MeshService {

  /** Returns the lower-case DNS name; the left-most label may be {@code *}. */
  String host();

  /** Returns the namespace of the defining object. */
  String namespace();

  /** Returns the name of the defining object (the oldest one where several share the host). */
  String name();

  /** Returns the kind of source object. */
  Origin origin();

  /** Returns when the defining object was created. */
  Optional<Instant> creationTimestamp();

  /** Returns the ports by ascending number. */
  List<MeshPort> ports();

  /** Returns how a proxy finds the endpoints. */
  ServiceEntrySpec.Resolution resolution();

  /**
   * Returns the virtual IPs and CIDR blocks, IPv4 or IPv6; empty where clients resolve the host
   * themselves.
   */
  List<String> addresses();

  /**
   * Returns the virtual IPs that the service has in each cluster, where several define it; clusters
   * may use one IP for different services.
   */
  Map<String, List<String>> addressesByCluster();

  /** Returns the service with the virtual IPs alone that proxies of a cluster know it by. */
  default MeshService seenFrom(String cluster) {
    List<String> there = addressesByCluster().get(cluster);
    return there == null ? this : builder().from(this).addresses(there).build();
  }

  /**
   * Returns the virtual IPs that the registry gave the host because it has none of its own, at most
   * one of each family. They mean something only to clients that resolve the host by the mesh's
   * DNS: to others {@link #addresses} is all there is.
   */
  List<String> autoAddresses();

  /**
   * Returns the virtual IPs and CIDR blocks by which a client knows the service.
   *
   * @param byMeshDns whether it resolves hosts by the mesh's DNS
   */
  default List<String> addresses(boolean byMeshDns) {
    return byMeshDns && addresses().isEmpty() ? autoAddresses() : addresses();
  }

  /** Returns the lower-case DNS name that an {@code ExternalName} Service stands for. */
  Optional<String> externalName();

  /**
   * Returns the host that this service is another name of: that of its {@link #externalName}, where
   * the mesh has it. Then nothing is made of this service itself; what calls it reaches the other.
   */
  Optional<String> aliasFor();

  /** Returns the services that are other names of this one, in order. */
  List<ServiceKey> aliases();

  /** Returns whether the service lies outside the mesh: then mTLS is never used unasked. */
  boolean meshExternal();

  /** Returns the namespaces that see it: {@code *}, {@code .}, {@code ~} or names; never empty. */
  Set<String> exportTo();

  /**
   * Returns {@link #exportTo} in order and separated by commas where an older object of the same
   * host and namespace exports it elsewhere, so that there are two services; else empty.
   */
  @Value.Default
  default String audience() {
    return "";
  }

  /** Returns the SANs that the service itself declares. */
  List<String> subjectAltNames();

  /** Returns the labels of the defining object. */
  Map<String, String> labels();

  /**
   * Returns the labels that select its workloads; absent where endpoints are inline or come from
   * DNS.
   */
  Optional<Map<String, String>> selector();

  /** Returns the key of this service. */
  default ServiceKey key() {
    return new ServiceKey(host(), namespace(), audience());
  }

  /** Returns the key of the defining object (the oldest one where several share the host). */
  default ConfigKey definedBy() {
    return new ConfigKey(origin().kind(), namespace(), name());
  }

  /** Returns the port with this number. */
  default Optional<MeshPort> port(int number) {
    return ports().stream().filter(port -> port.number() == number).findFirst();
  }

  /** Returns whether a workload of {@code client} may see this service: {@code ~} beats names. */
  default boolean isVisibleIn(String client) {
    boolean isNamed =
        exportTo().contains(client) || (exportTo().contains(".") && client.equals(namespace()));
    return exportTo().contains("*") || (isNamed && !exportTo().contains("~"));
  }

  /**
   * What defined a service; a Kubernetes Service beats a ServiceEntry of the same host and
   * namespace.
   */
  enum Origin {
    KUBERNETES_SERVICE("Service"),
    SERVICE_ENTRY("ServiceEntry");

    private final String kind;

    Origin(String kind) {
      this.kind = kind;
    }

    /** Returns the Kubernetes kind of the defining object. */
    public String kind() {
      return kind;
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MeshService}. Not thread-safe. */
  final class Builder extends ImmutableMeshService.Builder {
    Builder() {}
  }
}
