package io.mooring.model.kubernetes;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * One port of a {@link Service}. Immutable.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/">Service</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServicePort.Builder.class)
public interface ServicePort {

  /** Returns the name; may be empty where there is one port. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the port that clients use. */
  @Value.Default
  default int port() {
    return 0;
  }

  /** Returns {@code TCP}, {@code UDP} or {@code SCTP}. */
  @Value.Default
  default String protocol() {
    return "TCP";
  }

  /** Returns the application protocol, which beats the prefix of the name. */
  Optional<String> appProtocol();

  /** Returns the number or the name of the port on the workload; absent means {@link #port()}. */
  Optional<IntOrString> targetPort();

  /** Returns the port on every node. */
  OptionalInt nodePort();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServicePort}. Not thread-safe. */
  final class Builder extends ImmutableServicePort.Builder {
    Builder() {}
  }
}
