package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * A port of all backends of an {@link EndpointSlice}. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/">EndpointSlice</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = EndpointPort.Builder.class)
public interface EndpointPort {

  /** Returns the name, as the Service has it. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns {@code TCP}, which is the default, {@code UDP} or {@code SCTP}. */
  @Value.Default
  default String protocol() {
    return "";
  }

  /** Returns the number; absent is all ports. */
  OptionalInt port();

  /** Returns the application protocol. */
  @Value.Default
  default String appProtocol() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link EndpointPort}. Not thread-safe. */
  final class Builder extends ImmutableEndpointPort.Builder {
    Builder() {}
  }
}
