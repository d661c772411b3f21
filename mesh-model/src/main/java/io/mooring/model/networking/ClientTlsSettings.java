package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * How a client secures its connections. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">DestinationRule</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ClientTlsSettings.Builder.class)
public interface ClientTlsSettings {

  /** Returns the mode. */
  @Value.Default
  default Mode mode() {
    return Mode.DISABLE;
  }

  /** Returns the file of the certificate chain, for {@link Mode#MUTUAL}. */
  @Value.Default
  default String clientCertificate() {
    return "";
  }

  /** Returns the file of the key, for {@link Mode#MUTUAL}. */
  @Value.Default
  default String privateKey() {
    return "";
  }

  /** Returns the file of the roots; empty is those of the system. */
  @Value.Default
  default String caCertificates() {
    return "";
  }

  /** Returns the secret that has all of these instead. */
  @Value.Default
  default String credentialName() {
    return "";
  }

  /** Returns the names, of which the server's certificate must have one. */
  List<String> subjectAltNames();

  /** Returns the server name to ask for. */
  @Value.Default
  default String sni() {
    return "";
  }

  /** Returns whether the server's certificate is not checked. */
  Optional<Boolean> insecureSkipVerify();

  /** Returns the file of the revocation list. */
  @Value.Default
  default String caCrl() {
    return "";
  }

  /** How connections are secured. */
  enum Mode {
    /** Plain text. */
    DISABLE,
    /** TLS. */
    SIMPLE,
    /** TLS with the client certificate named here. */
    MUTUAL,
    /** TLS with the identities of the mesh. */
    ISTIO_MUTUAL
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ClientTlsSettings}. Not thread-safe. */
  final class Builder extends ImmutableClientTlsSettings.Builder {
    Builder() {}
  }
}
