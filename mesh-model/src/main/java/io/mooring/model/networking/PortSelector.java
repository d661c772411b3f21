package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import org.immutables.value.Value;

/**
 * A port by number. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = PortSelector.Builder.class)
public interface PortSelector {

  /** Returns the number, 1..65535. */
  @Value.Default
  default int number() {
    return 0;
  }

  /** Returns the port with this number. */
  static PortSelector of(int number) {
    return builder().number(number).build();
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PortSelector}. Not thread-safe. */
  final class Builder extends ImmutablePortSelector.Builder {
    Builder() {}
  }
}
