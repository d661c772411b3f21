package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Map;
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

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceSpec}. Not thread-safe. */
  final class Builder extends ImmutableServiceSpec.Builder {
    Builder() {}
  }
}
