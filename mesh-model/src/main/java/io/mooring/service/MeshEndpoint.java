package io.mooring.service;

import io.mooring.model.Locality;
import io.mooring.model.MeshStyle;
import io.mooring.model.spiffe.SpiffeId;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** One address of one port of a {@link MeshService}. Immutable. */
@Value.Immutable
@MeshStyle
public interface MeshEndpoint {

  /**
   * Returns the IP, DNS name or absolute Unix socket path ({@code unix:///run/x.sock}); empty for
   * one that is reached only through a gateway of its network.
   */
  String address();

  /** Returns the port on the workload; 0 for a Unix socket. */
  int port();

  /** Returns the name of the service port that it serves. */
  String servicePortName();

  /** Returns the number of the service port that it serves. */
  int servicePort();

  /** Returns the labels for subsets. */
  Map<String, String> labels();

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

  /**
   * Returns {@code istio} where it speaks mTLS, {@code disabled} or any other value of the tlsMode
   * label.
   */
  @Value.Default
  default String tlsMode() {
    return "disabled";
  }

  /** Returns whether it is to get no new traffic, see {@link AdminState#DRAINING}. */
  @Value.Default
  default boolean draining() {
    return false;
  }

  /** Returns whether clients may have it, see {@link MeshWorkload#serving}. */
  @Value.Default
  default boolean serving() {
    return true;
  }

  /** Returns the identity that its certificate has. */
  Optional<SpiffeId> identity();

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

  /** Returns whether a peer of {@code network} may be at the same address: not in another one. */
  default boolean isOnNetworkOf(String network) {
    return network.isEmpty() || network().isEmpty() || network.equals(network());
  }

  /** Returns the namespace of the workload. */
  String namespace();

  /** Returns the name of the workload, e.g. its WorkloadEntry or group. */
  String workloadName();

  /** Returns whether clients that also speak mTLS should. */
  default boolean speaksMutualTls() {
    return tlsMode().equals("istio");
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MeshEndpoint}. Not thread-safe. */
  final class Builder extends ImmutableMeshEndpoint.Builder {
    Builder() {}
  }
}
