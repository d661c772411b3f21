package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a {@link ServiceEntry} says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/service-entry/">ServiceEntry</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceEntrySpec.Builder.class)
public interface ServiceEntrySpec {

  /** Returns the DNS names of the service, left-most label may be {@code *}. */
  List<String> hosts();

  /** Returns the virtual IPs or CIDR blocks of the service. */
  List<String> addresses();

  /** Returns the ports; numbers and names are unique. */
  List<ServiceEntryPort> ports();

  /** Returns whether the service belongs to the mesh. */
  @Value.Default
  default Location location() {
    return Location.MESH_EXTERNAL;
  }

  /** Returns how a proxy finds the addresses of the endpoints. */
  @Value.Default
  default Resolution resolution() {
    return Resolution.NONE;
  }

  /** Returns the inline endpoints; excluded by {@link #workloadSelector()}. */
  List<WorkloadEntrySpec> endpoints();

  /** Returns which WorkloadEntries (and pods) of the same namespace are the endpoints. */
  Optional<WorkloadSelector> workloadSelector();

  /** Returns the namespaces that see the service; empty means the mesh default. */
  List<String> exportTo();

  /** Returns the SANs that a client accepts from the endpoints. */
  List<String> subjectAltNames();

  /** Whether a service is part of the mesh: only then is mTLS used unasked. */
  enum Location {
    MESH_EXTERNAL,
    MESH_INTERNAL
  }

  /** How a proxy finds the addresses of the endpoints. */
  enum Resolution {
    NONE,
    STATIC,
    DNS,
    DNS_ROUND_ROBIN,
    DYNAMIC_DNS
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceEntrySpec}. Not thread-safe. */
  final class Builder extends ImmutableServiceEntrySpec.Builder {
    Builder() {}
  }
}
