package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import java.util.List;
import org.immutables.value.Value;

/**
 * Some of the backends of a Kubernetes Service, which label {@code kubernetes.io/service-name}
 * names. Immutable; fields that a mesh does not read are passed over.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/">EndpointSlice</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = EndpointSlice.Builder.class)
public interface EndpointSlice extends ConfigObject {

  @Override
  default String kind() {
    return "EndpointSlice";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns {@code IPv4}, {@code IPv6} or {@code FQDN}: what all addresses are. */
  @Value.Default
  default String addressType() {
    return "";
  }

  /** Returns the backends. */
  List<Endpoint> endpoints();

  /** Returns the ports of all backends. */
  List<EndpointPort> ports();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link EndpointSlice}. Not thread-safe. */
  final class Builder extends ImmutableEndpointSlice.Builder {
    Builder() {}
  }
}
