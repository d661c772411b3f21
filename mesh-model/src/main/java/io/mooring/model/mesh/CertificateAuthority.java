package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import io.mooring.model.networking.ClientTlsSettings;
import java.time.Duration;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * The authority that signs workload certificates. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = CertificateAuthority.Builder.class)
public interface CertificateAuthority {

  /** Returns the address, {@code host:port}; required. */
  @Value.Default
  default String address() {
    return "";
  }

  /** Returns how the connection is secured. */
  Optional<ClientTlsSettings> tlsSettings();

  /** Returns how long a request may take; absent is 10 s. */
  Optional<Duration> requestTimeout();

  /** Returns whether the control plane rather than the agent asks it. */
  @Value.Default
  default boolean istiodSide() {
    return false;
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link CertificateAuthority}. Not thread-safe. */
  final class Builder extends ImmutableCertificateAuthority.Builder {
    Builder() {}
  }
}
