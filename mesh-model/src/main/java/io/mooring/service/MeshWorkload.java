package io.mooring.service;

import io.mooring.model.Locality;
import io.mooring.model.MeshStyle;
import io.mooring.model.kubernetes.Pod;
import io.mooring.model.networking.WorkloadEntry;
import io.mooring.model.spiffe.SpiffeId;
import io.mooring.model.spiffe.TrustDomain;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.immutables.value.Value;

/**
 * One workload before a service has picked it: a WorkloadEntry, a Pod, an inline endpoint of a
 * ServiceEntry, or a DNS name that stands for the endpoints. Immutable.
 */
@Value.Immutable
@MeshStyle
public interface MeshWorkload {

  /** Returns the namespace of the defining object. */
  String namespace();

  /** Returns the name of the defining object; an inline endpoint has its position behind it. */
  String name();

  /** Returns the kind of the defining object. */
  @Value.Default
  default Origin origin() {
    return Origin.WORKLOAD_ENTRY;
  }

  /** Returns the name of the workload, shared by the instances of a group. */
  String workloadName();

  /**
   * Returns the IP, DNS name or Unix socket ({@code unix:///run/x.sock}); empty for one that is
   * reached only through a gateway of its network.
   */
  String address();

  /** Returns whether it has an address of its own, see {@link #address}. */
  default boolean hasAddress() {
    return !address().isEmpty();
  }

  /** Returns port name to port number on the workload. */
  Map<String, Integer> ports();

  /**
   * Returns the labels of object and specification, and the topology labels that follow from it.
   */
  Map<String, String> labels();

  /** Returns the network id; empty is the default network. */
  @Value.Default
  default String network() {
    return "";
  }

  /** Returns the id of the cluster whose source it came from; empty where the source says none. */
  @Value.Default
  default String cluster() {
    return "";
  }

  /** Returns the same as a workload of this cluster; Istio's label of it goes with it. */
  default MeshWorkload in(String cluster) {
    Map<String, String> labels = new TreeMap<>(labels());
    labels.put("topology.istio.io/cluster", cluster);
    return cluster.isEmpty() ? this : builder().from(this).cluster(cluster).labels(labels).build();
  }

  /** Returns whether a peer of {@code network} may be at the same address: not in another one. */
  default boolean isOnNetworkOf(String network) {
    return network.isEmpty() || network().isEmpty() || network.equals(network());
  }

  /** Returns where it runs. */
  @Value.Default
  default Locality locality() {
    return Locality.UNKNOWN;
  }

  /** Returns the load-balancing weight, at least 1. */
  @Value.Default
  default long weight() {
    return 1;
  }

  /** Returns {@code istio} where it speaks mTLS, {@code disabled} or what its label says. */
  @Value.Default
  default String tlsMode() {
    return "disabled";
  }

  /** Returns whether it is to get no new traffic, see {@link AdminState#DRAINING}. */
  @Value.Default
  default boolean draining() {
    return false;
  }

  /**
   * Returns whether services have it as an endpoint. One that is unhealthy, not ready or disabled
   * serves nobody, yet its own proxy keeps its ports and labels: when it serves again, clients find
   * it listening, and rules for its labels hold all the time (in Istio it loses them meanwhile).
   */
  @Value.Default
  default boolean serving() {
    return true;
  }

  /** Returns the identity that its certificate has. */
  Optional<SpiffeId> identity();

  /**
   * Returns what names the workload in its namespace, pods before others: {@code kind/name}, and
   * {@code @cluster} behind that of a pod, as each cluster may have one of the name.
   */
  @Value.Derived
  @Value.Auxiliary
  default String id() {
    String id = origin().kind() + "/" + name();
    return origin() == Origin.POD && !cluster().isEmpty() ? id + "@" + cluster() : id;
  }

  /** What a workload is defined by. */
  enum Origin {
    POD("Pod"),
    WORKLOAD_ENTRY("WorkloadEntry");

    private final String kind;

    Origin(String kind) {
      this.kind = kind;
    }

    /** Returns the Kubernetes kind of the defining object. */
    public String kind() {
      return kind;
    }
  }

  /** Returns whether the address is a Unix socket. */
  default boolean isUnixSocket() {
    return address().startsWith("unix:");
  }

  /** Returns whether the address is an IP. */
  default boolean hasIp() {
    return IpAddress.isIp(address());
  }

  /**
   * Returns the workload that an entry describes. It serves nobody where it is disabled, see {@link
   * AdminState}, and where its health checks have found it unhealthy, or not yet healthy.
   *
   * @return empty for an entry whose VM has gone, and for one without address and network
   * @throws io.mooring.model.spiffe.InvalidSpiffeIdException if namespace and service account make
   *     no SPIFFE ID
   */
  static Optional<MeshWorkload> of(WorkloadEntry entry, TrustDomain trustDomain) {
    return WorkloadRules.workload(entry, trustDomain);
  }

  /**
   * Returns the workload that a pod is. It serves nobody until it is ready.
   *
   * @return empty for a pod that has finished, and for one without IP
   * @throws io.mooring.model.spiffe.InvalidSpiffeIdException if namespace and service account make
   *     no SPIFFE ID
   */
  static Optional<MeshWorkload> of(Pod pod, TrustDomain trustDomain) {
    return PodRules.workload(pod, trustDomain);
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MeshWorkload}. Not thread-safe. */
  final class Builder extends ImmutableMeshWorkload.Builder {
    Builder() {}
  }
}
