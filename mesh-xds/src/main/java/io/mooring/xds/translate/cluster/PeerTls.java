package io.mooring.xds.translate.cluster;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.mooring.xds.translate.secret.MeshAlpn;
import io.mooring.xds.translate.secret.SdsContexts;
import java.util.Optional;

/** How a cluster speaks TLS to its endpoints where no DestinationRule says so. */
final class PeerTls {

  private static final Struct SPEAKS_MUTUAL_TLS =
      Struct.newBuilder()
          .putFields("tlsMode", Value.newBuilder().setStringValue("istio").build())
          .build();

  private PeerTls() {}

  static void set(Cluster.Builder cluster, ClusterInput input, Optional<UpstreamHttp> http) {
    switch (input.mutualTls()) {
      case NEVER -> {}
      case ALWAYS -> cluster.setTransportSocket(mutual(input, http));
      case BY_ENDPOINT ->
          cluster
              .addTransportSocketMatches(
                  match("tlsMode-istio", SPEAKS_MUTUAL_TLS, mutual(input, http)))
              .addTransportSocketMatches(
                  match(
                      "tlsMode-disabled",
                      Struct.getDefaultInstance(),
                      SdsContexts.plainText()));
    }
  }

  private static Cluster.TransportSocketMatch match(
      String name, Struct criteria, TransportSocket socket) {
    return Cluster.TransportSocketMatch.newBuilder()
        .setName(name)
        .setMatch(criteria)
        .setTransportSocket(socket)
        .build();
  }

  private static TransportSocket mutual(ClusterInput input, Optional<UpstreamHttp> http) {
    return SdsContexts.socket(
        SdsContexts.upstream(
            input.trustDomain(),
            input.peerNames(),
            ClusterName.sni(input.port().number(), input.subset(), input.service().host()),
            http.map(UpstreamHttp::alpn).orElse(MeshAlpn.OPAQUE)));
  }
}
