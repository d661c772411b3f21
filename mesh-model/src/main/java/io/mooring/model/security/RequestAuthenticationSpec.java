package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.LabelSelector;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a {@link RequestAuthentication} says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/request_authentication/">RequestAuthentication</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = RequestAuthenticationSpec.Builder.class)
public interface RequestAuthenticationSpec {

  /**
   * Returns which workloads it binds; absent means the whole namespace, or mesh in the root
   * namespace.
   */
  Optional<LabelSelector> selector();

  /** Returns the deprecated form of {@link #targetRefs()}. */
  Optional<PolicyTargetReference> targetRef();

  /** Returns the objects that it binds instead of a selector. */
  List<PolicyTargetReference> targetRefs();

  /** Returns the issuers whose tokens are checked. */
  List<JwtRule> jwtRules();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link RequestAuthenticationSpec}. Not thread-safe. */
  final class Builder extends ImmutableRequestAuthenticationSpec.Builder {
    Builder() {}
  }
}
