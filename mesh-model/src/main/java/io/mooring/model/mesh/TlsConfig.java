package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import org.immutables.value.Value;

/**
 * The TLS of many connections. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = TlsConfig.Builder.class)
public interface TlsConfig {

  /** Returns the lowest version. */
  @Value.Default
  default TlsProtocol minProtocolVersion() {
    return TlsProtocol.TLS_AUTO;
  }

  /** Returns the curves; none are those of the proxy. */
  List<String> ecdhCurves();

  /** Returns the cipher suites; none are those of the proxy. */
  List<String> cipherSuites();

  /** A version of TLS. */
  enum TlsProtocol {
    /** The proxy decides. */
    TLS_AUTO,
    /** TLS 1.2. */
    TLSV1_2,
    /** TLS 1.3. */
    TLSV1_3
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link TlsConfig}. Not thread-safe. */
  final class Builder extends ImmutableTlsConfig.Builder {
    Builder() {}
  }
}
