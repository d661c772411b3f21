package io.mooring.xds.explain;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.mooring.model.security.PeerAuthentication;
import io.mooring.model.security.PeerAuthenticationSpec.Mode;
import io.mooring.registry.RegistrySnapshot;
import io.mooring.service.MeshEndpoint;
import io.mooring.xds.translate.authn.PeerAuthenticationIndex;
import io.mooring.xds.translate.secret.SdsContexts;
import java.util.Optional;

/** What clusters speak to endpoints, and what those accept. Immutable. */
final class Security {

  private static final String TLS_MATCH = "envoy.transport_socket_match";

  private final PeerAuthenticationIndex policies;

  Security(RegistrySnapshot snapshot) {
    this.policies =
        PeerAuthenticationIndex.of(
            snapshot.objects(PeerAuthentication.class), snapshot.settings().rootNamespace());
  }

  /** What a connection is secured by. */
  enum Spoken {
    PLAIN_TEXT("plain text"),
    /** With the certificates of the mesh. */
    MUTUAL_TLS("mTLS"),
    /** As a DestinationRule says, without them. */
    OTHER_TLS("TLS of a DestinationRule");

    private final String text;

    Spoken(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Returns what the cluster speaks to an endpoint. */
  static Spoken spoken(Cluster cluster, LbEndpoint endpoint) {
    if (cluster.getTransportSocketMatchesCount() > 0) {
      return endpoint.getMetadata().containsFilterMetadata(TLS_MATCH)
          ? Spoken.MUTUAL_TLS
          : Spoken.PLAIN_TEXT;
    }
    return spoken(cluster);
  }

  /** Returns what a cluster speaks that does not ask the endpoint. */
  static Spoken spoken(Cluster cluster) {
    if (!cluster.hasTransportSocket()) {
      return Spoken.PLAIN_TEXT;
    }
    Any socket = cluster.getTransportSocket().getTypedConfig();
    return socket.is(UpstreamTlsContext.class)
            && isOfTheMesh(Generated.unpack(socket, UpstreamTlsContext.class).getCommonTlsContext())
        ? Spoken.MUTUAL_TLS
        : Spoken.OTHER_TLS;
  }

  /** Envoy gets its certificate as a secret, a program without a proxy by a provider. */
  private static boolean isOfTheMesh(CommonTlsContext context) {
    return context.hasTlsCertificateProviderInstance()
        || context.getTlsCertificateSdsSecretConfigsList().stream()
            .anyMatch(secret -> secret.getName().equals(SdsContexts.CERTIFICATE));
  }

  /** Returns why an endpoint does not take what is spoken; empty if it does. */
  Optional<String> refusal(Spoken spoken, MeshEndpoint endpoint) {
    Mode mode = policies.effective(endpoint.namespace(), endpoint.labels()).mode(endpoint.port());
    if (mode == Mode.STRICT && spoken != Spoken.MUTUAL_TLS) {
      return Optional.of(
          spoken
              + " refused: its PeerAuthentication is STRICT, and the client does not speak mTLS to"
              + " it");
    }
    return mode == Mode.DISABLE && spoken == Spoken.MUTUAL_TLS
        ? Optional.of("mTLS refused: its PeerAuthentication is DISABLE, and a rule demands mTLS")
        : Optional.empty();
  }
}
