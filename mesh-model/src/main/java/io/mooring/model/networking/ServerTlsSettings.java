package io.mooring.model.networking;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * How a server secures its connections. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/gateway/">Gateway</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ServerTlsSettings.Builder.class)
public interface ServerTlsSettings {

  /** Returns whether plain HTTP is redirected to HTTPS. */
  @Value.Default
  default boolean httpsRedirect() {
    return false;
  }

  /** Returns the mode. */
  @Value.Default
  default Mode mode() {
    return Mode.PASSTHROUGH;
  }

  /** Returns the file of the certificate chain. */
  @Value.Default
  default String serverCertificate() {
    return "";
  }

  /** Returns the file of the key. */
  @Value.Default
  default String privateKey() {
    return "";
  }

  /** Returns the file of the roots of clients. */
  @Value.Default
  default String caCertificates() {
    return "";
  }

  /** Returns whether clients whose certificate fails the check are let in all the same. */
  Optional<Boolean> insecureSkipVerify();

  /** Returns the file of the revocation list. */
  @Value.Default
  default String caCrl() {
    return "";
  }

  /** Returns the secret that has all of these instead. */
  @Value.Default
  default String credentialName() {
    return "";
  }

  /** Returns the secrets, of which the client's capabilities choose one. */
  List<String> credentialNames();

  /** Returns the secret that has the roots of clients. */
  @Value.Default
  default String caCertCredentialName() {
    return "";
  }

  /** Returns the files, of which the client's capabilities choose one. */
  List<TlsCertificate> tlsCertificates();

  /** Returns the names, of which the client's certificate must have one. */
  List<String> subjectAltNames();

  /** Returns the accepted client keys, base64 of SHA-256. */
  List<String> verifyCertificateSpki();

  /** Returns the accepted client certificates, hexadecimal SHA-256. */
  List<String> verifyCertificateHash();

  /** Returns the lowest version. */
  @Value.Default
  default TlsProtocol minProtocolVersion() {
    return TlsProtocol.TLS_AUTO;
  }

  /** Returns the highest version. */
  @Value.Default
  default TlsProtocol maxProtocolVersion() {
    return TlsProtocol.TLS_AUTO;
  }

  /** Returns the cipher suites; none are those of the proxy. */
  List<String> cipherSuites();

  /** A certificate in files. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = TlsCertificate.Builder.class)
  interface TlsCertificate {

    /** Returns the file of the certificate chain. */
    @Value.Default
    default String serverCertificate() {
      return "";
    }

    /** Returns the file of the key. */
    @Value.Default
    default String privateKey() {
      return "";
    }

    /** Returns the file of the roots of clients, which belongs elsewhere. */
    @Value.Default
    default String caCertificates() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link TlsCertificate}. Not thread-safe. */
    final class Builder extends ImmutableTlsCertificate.Builder {
      Builder() {}
    }
  }

  /** How connections are secured. */
  enum Mode {
    /** Not here: SNI decides where they go. */
    PASSTHROUGH,
    /** TLS. */
    SIMPLE,
    /** TLS with a client certificate. */
    MUTUAL,
    /** Not here: SNI is the name of the cluster. */
    AUTO_PASSTHROUGH,
    /** TLS with the identities of the mesh. */
    ISTIO_MUTUAL,
    /** TLS with a client certificate if the client has one. */
    OPTIONAL_MUTUAL
  }

  /** A version of TLS. */
  enum TlsProtocol {
    /** The proxy decides. */
    TLS_AUTO,
    /** TLS 1.0. */
    TLSV1_0,
    /** TLS 1.1. */
    TLSV1_1,
    /** TLS 1.2. */
    TLSV1_2,
    /** TLS 1.3. */
    TLSV1_3
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ServerTlsSettings}. Not thread-safe. */
  final class Builder extends ImmutableServerTlsSettings.Builder {
    Builder() {}
  }
}
