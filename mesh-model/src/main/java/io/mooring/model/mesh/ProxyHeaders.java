package io.mooring.model.mesh;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.mooring.model.MeshStyle;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Which headers a proxy adds. Immutable.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig">ProxyConfig</a>
 */
@Value.Immutable
@MeshStyle
@JsonDeserialize(builder = ProxyHeaders.Builder.class)
public interface ProxyHeaders {

  /** Returns what becomes of {@code x-forwarded-client-cert}. */
  @Value.Default
  default ForwardClientCertDetails forwardedClientCert() {
    return ForwardClientCertDetails.UNDEFINED;
  }

  /** Returns what of the certificate it says. */
  Optional<ClientCertDetails> setCurrentClientCertDetails();

  /** Returns {@code x-request-id}. */
  Optional<ManagedHeader> requestId();

  /** Returns {@code server}. */
  Optional<ManagedHeader> server();

  /** Returns {@code x-envoy-attempt-count}. */
  Optional<ManagedHeader> attemptCount();

  /** Returns those that help to debug. */
  Optional<ManagedHeader> envoyDebugHeaders();

  /** Returns those that tell the peer of the workload. */
  Optional<MetadataExchange> metadataExchangeHeaders();

  /** Returns {@code x-forwarded-host}. */
  Optional<Addition> xForwardedHost();

  /** Returns {@code x-forwarded-port}. */
  Optional<Addition> xForwardedPort();

  /** Returns whether the case of names is kept. */
  Optional<Boolean> preserveHttp1HeaderCase();

  /** What of the client certificate is said. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ClientCertDetails.Builder.class)
  interface ClientCertDetails {

    /** Returns whether the subject is. */
    Optional<Boolean> subject();

    /** Returns whether the certificate is. */
    Optional<Boolean> cert();

    /** Returns whether the chain is. */
    Optional<Boolean> chain();

    /** Returns whether the DNS names are. */
    Optional<Boolean> dns();

    /** Returns whether the URIs are. */
    Optional<Boolean> uri();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ClientCertDetails}. Not thread-safe. */
    final class Builder extends ImmutableClientCertDetails.Builder {
      Builder() {}
    }
  }

  /** A header that a proxy adds by default. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = ManagedHeader.Builder.class)
  interface ManagedHeader {

    /** Returns whether it does not. */
    Optional<Boolean> disabled();

    /** Returns what it says, where that may be chosen. */
    @Value.Default
    default String value() {
      return "";
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link ManagedHeader}. Not thread-safe. */
    final class Builder extends ImmutableManagedHeader.Builder {
      Builder() {}
    }
  }

  /** A header that a proxy does not add by default. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = Addition.Builder.class)
  interface Addition {

    /** Returns whether it does. */
    Optional<Boolean> enabled();

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link Addition}. Not thread-safe. */
    final class Builder extends ImmutableAddition.Builder {
      Builder() {}
    }
  }

  /** The headers that tell the peer of the workload. */
  @Value.Immutable
  @MeshStyle
  @JsonDeserialize(builder = MetadataExchange.Builder.class)
  interface MetadataExchange {

    /** Returns to whom. */
    @Value.Default
    default Mode mode() {
      return Mode.UNDEFINED;
    }

    /** To whom they go. */
    enum Mode {
      /** To every peer. */
      UNDEFINED,
      /** To peers within the mesh. */
      IN_MESH
    }

    /** Returns a new builder. */
    static Builder builder() {
      return new Builder();
    }

    /** Builds {@link MetadataExchange}. Not thread-safe. */
    final class Builder extends ImmutableMetadataExchange.Builder {
      Builder() {}
    }
  }

  /** Returns a new builder. */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProxyHeaders}. Not thread-safe. */
  final class Builder extends ImmutableProxyHeaders.Builder {
    Builder() {}
  }
}
