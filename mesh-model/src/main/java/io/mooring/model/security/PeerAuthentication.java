package io.mooring.model.security;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.ConfigObject;
import io.mooring.model.MeshStyle;
import io.mooring.model.Metadata;
import io.mooring.model.Status;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Whether workloads accept plain text, mutual TLS or both. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/security/peer_authentication/">PeerAuthentication</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = PeerAuthentication.Builder.class)
public interface PeerAuthentication extends ConfigObject {

  @Override
  default String kind() {
    return "PeerAuthentication";
  }

  /** Returns the name, namespace, labels and annotations. */
  @Override
  @Value.Default
  default Metadata metadata() {
    return Metadata.builder().build();
  }

  /** Returns the specification. */
  @Value.Default
  default PeerAuthenticationSpec spec() {
    return PeerAuthenticationSpec.builder().build();
  }

  /** Returns what a controller said of the object. */
  Optional<Status> status();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PeerAuthentication}. Not thread-safe. */
  final class Builder extends ImmutablePeerAuthentication.Builder {
    Builder() {}
  }
}
