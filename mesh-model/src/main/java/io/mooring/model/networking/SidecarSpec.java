package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a {@link Sidecar} says. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/sidecar/">Sidecar</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = SidecarSpec.Builder.class)
public interface SidecarSpec {

  /**
   * Returns which workloads it binds; absent means the whole namespace, or mesh in the root
   * namespace.
   */
  Optional<WorkloadSelector> workloadSelector();

  /** Returns what listens for other workloads; none follow from the services. */
  List<IstioIngressListener> ingress();

  /** Returns what listens for the workload itself; none reach the whole mesh. */
  List<IstioEgressListener> egress();

  /** Returns the limits of connections from other workloads. */
  Optional<ConnectionPoolSettings> inboundConnectionPool();

  /** Returns what becomes of traffic to hosts that nobody defines; absent is the mesh's. */
  Optional<OutboundTrafficPolicy> outboundTrafficPolicy();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link SidecarSpec}. Not thread-safe. */
  final class Builder extends ImmutableSidecarSpec.Builder {
    Builder() {}
  }
}
