package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * One port of a {@link ServiceEntry}. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/service-entry/">ServiceEntry</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServiceEntryPort.Builder.class)
public interface ServiceEntryPort {

  /** Returns the port that clients use, 1..65535. */
  @Value.Default
  default int number() {
    return 0;
  }

  /** Returns the protocol name as written; empty means "detect". */
  @Value.Default
  default String protocol() {
    return "";
  }

  /** Returns the label that endpoints use to map this port. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns the port on the endpoint where it differs from {@link #number()}. */
  OptionalInt targetPort();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServiceEntryPort}. Not thread-safe. */
  final class Builder extends ImmutableServiceEntryPort.Builder {
    Builder() {}
  }
}
