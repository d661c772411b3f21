package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import org.immutables.value.Value;

/**
 * How much of a request's body an authorizer gets. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider">ExtensionProvider</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = AuthorizationBody.Builder.class)
public interface AuthorizationBody {

  /** Returns the most bytes. */
  @Value.Default
  default long maxRequestBytes() {
    return 0;
  }

  /** Returns whether it gets the beginning of longer ones, which else are refused. */
  @Value.Default
  default boolean allowPartialMessage() {
    return false;
  }

  /** Returns whether it gets bytes rather than text. */
  @Value.Default
  default boolean packAsBytes() {
    return false;
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link AuthorizationBody}. Not thread-safe. */
  final class Builder extends ImmutableAuthorizationBody.Builder {
    Builder() {}
  }
}
