package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Who may do what with a workload. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/authorization-policy/">AuthorizationPolicy</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = AuthorizationPolicy.Builder.class)
public interface AuthorizationPolicy extends ConfigObject {

  @Override
  default String kind() {
    return "AuthorizationPolicy";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default AuthorizationPolicySpec spec() {
    return AuthorizationPolicySpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link AuthorizationPolicy}. Not thread-safe. */
  final class Builder extends ImmutableAuthorizationPolicy.Builder {
    Builder() {}
  }
}
