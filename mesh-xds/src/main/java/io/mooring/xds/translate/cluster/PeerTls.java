package io.mooring.xds.translate.cluster;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.mooring.model.networking.ClientTlsSettings;
import io.mooring.xds.translate.cluster.ClusterInput.MutualTls;
import io.mooring.xds.translate.secret.MeshAlpn;
import io.mooring.xds.translate.secret.SdsContexts;
import java.util.List;
import java.util.Optional;

/** How a cluster secures its connections: what its policy says, else mTLS where it is spoken. */
final class PeerTls {

  private static final Struct SPEAKS_MUTUAL_TLS =
      Struct.newBuilder()
          .putFields("tlsMode", Value.newBuilder().setStringValue("istio").build())
          .build();

  private PeerTls() {}

  /** Returns whether any connection may use certificates of the mesh. */
  static boolean isMutual(ClusterInput input) {
    return input
        .policy()
        .tls()
        .map(tls -> tls.mode() == ClientTlsSettings.Mode.ISTIO_MUTUAL)
        .orElse(input.mutualTls() != MutualTls.NEVER);
  }

  static void set(Cluster.Builder cluster, ClusterInput input, Optional<UpstreamHttp> http) {
    Optional<ClientTlsSettings> tls = input.policy().tls();
    if (tls.isPresent()) {
      setByPolicy(cluster, input, tls.get(), http);
      return;
    }
    switch (input.mutualTls()) {
      case NEVER -> {}
      case ALWAYS -> cluster.setTransportSocket(mutual(input, input.peerNames(), "", http));
      case BY_ENDPOINT ->
          cluster
              .addTransportSocketMatches(
                  match(
                      "tlsMode-istio",
                      SPEAKS_MUTUAL_TLS,
                      mutual(input, input.peerNames(), "", http)))
              .addTransportSocketMatches(
                  match("tlsMode-disabled", Struct.getDefaultInstance(), SdsContexts.plainText()));
    }
  }

  private static void setByPolicy(
      Cluster.Builder cluster,
      ClusterInput input,
      ClientTlsSettings tls,
      Optional<UpstreamHttp> http) {
    switch (tls.mode()) {
      case DISABLE -> {}
      case ISTIO_MUTUAL -> {
        List<String> names =
            tls.subjectAltNames().isEmpty() ? input.peerNames() : tls.subjectAltNames();
        cluster.setTransportSocket(mutual(input, names, tls.sni(), http));
      }
      case SIMPLE, MUTUAL ->
          cluster.setTransportSocket(TlsOrigination.socket(tls, input.service(), http));
    }
  }

  private static TransportSocket mutual(
      ClusterInput input, List<String> names, String sni, Optional<UpstreamHttp> http) {
    String serverName =
        sni.isEmpty()
            ? ClusterName.sni(input.port().number(), input.subset(), input.service().host())
            : sni;
    return SdsContexts.socket(
        SdsContexts.upstream(
            input.trustDomain(),
            names,
            serverName,
            http.map(UpstreamHttp::alpn).orElse(MeshAlpn.OPAQUE)));
  }

  private static Cluster.TransportSocketMatch match(
      String name, Struct criteria, TransportSocket socket) {
    return Cluster.TransportSocketMatch.newBuilder()
        .setName(name)
        .setMatch(criteria)
        .setTransportSocket(socket)
        .build();
  }
}
