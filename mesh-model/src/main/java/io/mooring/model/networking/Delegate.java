package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import org.immutables.value.Value;

/**
 * Names the {@link VirtualService} that has the rules for a path. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">VirtualService</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Delegate.Builder.class)
public interface Delegate {

  /** Returns its name. */
  @Value.Default
  default String name() {
    return "";
  }

  /** Returns its namespace; empty is that of the root. */
  @Value.Default
  default String namespace() {
    return "";
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Delegate}. Not thread-safe. */
  final class Builder extends ImmutableDelegate.Builder {
    Builder() {}
  }
}
