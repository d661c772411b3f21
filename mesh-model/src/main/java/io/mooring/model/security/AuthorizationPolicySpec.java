package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.LabelSelector;
import io.mooring.model.MeshStyle;
import io.mooring.model.mesh.ExtensionProvider;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What an {@link AuthorizationPolicy} says. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/authorization-policy/">AuthorizationPolicy</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = AuthorizationPolicySpec.Builder.class)
public interface AuthorizationPolicySpec {

  /**
   * Returns which workloads it binds; absent means the whole namespace, or mesh in the root
   * namespace.
   */
  Optional<LabelSelector> selector();

  /** Returns the deprecated form of {@link #targetRefs()}. */
  Optional<PolicyTargetReference> targetRef();

  /** Returns the objects that it binds instead of a selector. */
  List<PolicyTargetReference> targetRefs();

  /** Returns the rules, of which a request matches one; none match no request. */
  List<Rule> rules();

  /** Returns what becomes of matching requests. */
  @Value.Default
  default Action action() {
    return Action.ALLOW;
  }

  /** Returns who decides, for {@link Action#CUSTOM}. */
  Optional<ExtensionProvider> provider();

  /** A decider that the mesh configuration defines. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ExtensionProvider.Builder.class)
  interface ExtensionProvider {

    /** Returns its name there. */
    @Value.Default
    default String name() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ExtensionProvider}. Not thread-safe. */
    final class Builder extends ImmutableExtensionProvider.Builder {
      Builder() {}
    }
  }

  /** What becomes of matching requests. */
  enum Action {
    /** They pass, and others do not. */
    ALLOW,
    /** They do not pass. */
    DENY,
    /** They are noted. */
    AUDIT,
    /** The provider decides. */
    CUSTOM
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link AuthorizationPolicySpec}. Not thread-safe. */
  final class Builder extends ImmutableAuthorizationPolicySpec.Builder {
    Builder() {}
  }
}
