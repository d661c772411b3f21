package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * A certificate to provide. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = Certificate.Builder.class)
public interface Certificate {

  /** Returns the secret that takes it. */
  @Value.Default
  default String secretName() {
    return "";
  }

  /** Returns the names in it. */
  List<String> dnsNames();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link Certificate}. Not thread-safe. */
  final class Builder extends ImmutableCertificate.Builder {
    Builder() {}
  }
}
