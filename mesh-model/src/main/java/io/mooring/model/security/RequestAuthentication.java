package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Which JSON Web Tokens of requests are checked, and how. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/request_authentication/">RequestAuthentication</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = RequestAuthentication.Builder.class)
public interface RequestAuthentication extends ConfigObject {

  @Override
  default String kind() {
    return "RequestAuthentication";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default RequestAuthenticationSpec spec() {
    return RequestAuthenticationSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link RequestAuthentication}. Not thread-safe. */
  final class Builder extends ImmutableRequestAuthentication.Builder {
    Builder() {}
  }
}
