package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * What a {@link Service} says. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/">Service</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceSpec.Builder.class)
public interface ServiceSpec {

  /** Returns the labels that select pods and WorkloadEntries; empty selects none. */
  Map<String, String> selector();

  /** Returns the ports. */
  List<ServicePort> ports();

  /** Returns the virtual IP; {@code None} is headless. */
  @Value.Default
  default String clusterIP() {
    return "";
  }

  /** Returns the virtual IPs of both families. */
  List<String> clusterIPs();

  /** Returns {@code ClusterIP}, {@code NodePort}, {@code LoadBalancer} or {@code ExternalName}. */
  @Value.Default
  default String type() {
    return "ClusterIP";
  }

  /** Returns the DNS name of an {@code ExternalName} service. */
  @Value.Default
  default String externalName() {
    return "";
  }

  /** Returns the IPs outside the cluster that reach the service. */
  List<String> externalIPs();

  /** Returns whether endpoints that are not ready are published too. */
  @Value.Default
  default boolean publishNotReadyAddresses() {
    return false;
  }

  /** Returns the IP families, {@code IPv4} and {@code IPv6}, of {@link #clusterIPs()}. */
  List<String> ipFamilies();

  /** Returns {@code SingleStack}, {@code PreferDualStack} or {@code RequireDualStack}. */
  @Value.Default
  default String ipFamilyPolicy() {
    return "";
  }

  /** Returns {@code Cluster} or {@code Local}: whether callers stay on their node. */
  @Value.Default
  default String internalTrafficPolicy() {
    return "";
  }

  /** Returns {@code Cluster} or {@code Local}: whether callers from outside stay on a node. */
  @Value.Default
  default String externalTrafficPolicy() {
    return "";
  }

  /** Returns how near endpoints are preferred, e.g. {@code PreferSameZone}. */
  @Value.Default
  default String trafficDistribution() {
    return "";
  }

  /** Returns {@code None} or {@code ClientIP}; a proxy of the mesh does not obey it. */
  @Value.Default
  default String sessionAffinity() {
    return "";
  }

  /** Returns how long {@code ClientIP} affinity lasts. */
  Optional<SessionAffinityConfig> sessionAffinityConfig();

  /** Returns the requested IP of the load balancer. */
  @Value.Default
  default String loadBalancerIP() {
    return "";
  }

  /** Returns the implementation of the load balancer. */
  @Value.Default
  default String loadBalancerClass() {
    return "";
  }

  /** Returns the client blocks that the load balancer lets in. */
  List<String> loadBalancerSourceRanges();

  /** Returns whether a load balancer needs node ports. */
  Optional<Boolean> allocateLoadBalancerNodePorts();

  /** Returns the port of the node's health check. */
  OptionalInt healthCheckNodePort();

  /** How long {@code ClientIP} affinity lasts. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = SessionAffinityConfig.Builder.class)
  interface SessionAffinityConfig {

    /** Returns the settings of {@code ClientIP} affinity. */
    Optional<ClientIp> clientIP();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link SessionAffinityConfig}. Not thread-safe. */
    final class Builder extends ImmutableSessionAffinityConfig.Builder {
      Builder() {}
    }
  }

  /** The settings of {@code ClientIP} affinity. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ClientIp.Builder.class)
  interface ClientIp {

    /** Returns the seconds; absent is 10,800. */
    OptionalInt timeoutSeconds();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ClientIp}. Not thread-safe. */
    final class Builder extends ImmutableClientIp.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceSpec}. Not thread-safe. */
  final class Builder extends ImmutableServiceSpec.Builder {
    Builder() {}
  }
}
