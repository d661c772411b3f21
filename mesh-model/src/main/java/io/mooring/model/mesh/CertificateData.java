package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A further root of workload certificates. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = CertificateData.Builder.class)
public interface CertificateData {

  /** Returns the certificate as PEM; excludes {@link #spiffeBundleUrl()}. */
  Optional<String> pem();

  /** Returns where the roots are fetched. */
  Optional<String> spiffeBundleUrl();

  /** Returns the Kubernetes signers that use it; none are all. */
  List<String> certSigners();

  /** Returns the trust domains that use it; none are all. */
  List<String> trustDomains();

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link CertificateData}. Not thread-safe. */
  final class Builder extends ImmutableCertificateData.Builder {
    Builder() {}
  }
}
