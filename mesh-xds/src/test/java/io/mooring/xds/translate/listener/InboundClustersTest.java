package io.mooring.xds.translate.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.mooring.model.Protocol;
import io.mooring.model.spiffe.TrustDomain;
import io.mooring.service.ServiceTarget;
import io.mooring.xds.node.ProxyNode.Capture;
import io.mooring.xds.translate.authn.EffectiveMutualTls;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboundClustersTest {

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  @Test
  void capturedConnectionsNeverLeaveFromAnAddressThatIsCapturedAgain() {
    List<Cluster> clusters =
        translate(Capture.REDIRECT, true, Services.target("a.demo", 80, Protocol.HTTP, 8080));

    assertThat(clusters)
        .extracting(Cluster::getName)
        .containsExactly("inbound|8080||", "InboundPassthroughCluster");
    assertThat(clusters)
        .allSatisfy(
            cluster -> {
              assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.ORIGINAL_DST);
              assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.CLUSTER_PROVIDED);
              assertThat(cluster.getUpstreamBindConfig().getSourceAddress().getAddress())
                  .isEqualTo("127.0.0.6");
              assertThat(
                      cluster
                          .getUpstreamBindConfig()
                          .getExtraSourceAddresses(0)
                          .getAddress()
                          .getAddress())
                  .isEqualTo("::6");
            });
  }

  @Test
  void ipv6SourceIsForWorkloadsThatHaveIpv6() {
    assertThat(translate(Capture.REDIRECT, false).get(0).getUpstreamBindConfig())
        .satisfies(bind -> assertThat(bind.getExtraSourceAddressesCount()).isZero());
  }

  @Test
  void withoutCaptureTheApplicationIsOnLoopbackAndNothingPassesThrough() {
    List<Cluster> clusters =
        translate(Capture.NONE, false, Services.target("a.demo", 80, Protocol.TCP, 8080));

    assertThat(clusters).extracting(Cluster::getName).containsExactly("inbound|8080||");
    SocketAddress application =
        clusters
            .get(0)
            .getLoadAssignment()
            .getEndpoints(0)
            .getLbEndpoints(0)
            .getEndpoint()
            .getAddress()
            .getSocketAddress();
    assertThat(application.getAddress()).isEqualTo("127.0.0.1");
    assertThat(application.getPortValue()).isEqualTo(8080);
    assertThat(clusters.get(0).hasUpstreamBindConfig()).isFalse();
  }

  @Test
  void applicationIsSpokenToAsItDeclares() throws Exception {
    assertThat(options(Protocol.GRPC).getExplicitHttpConfig().hasHttp2ProtocolOptions()).isTrue();
    assertThat(options(Protocol.HTTP).getExplicitHttpConfig().hasHttpProtocolOptions()).isTrue();
    assertThat(options(Protocol.AUTO).hasUseDownstreamProtocolConfig()).isTrue();
    assertThat(
            translate(Capture.NONE, false, Services.target("a.demo", 80, Protocol.TCP, 8080))
                .get(0)
                .getTypedExtensionProtocolOptionsCount())
        .isZero();
  }

  @Test
  void targetPortSharedByServicesHasOneCluster() {
    assertThat(
            translate(
                Capture.NONE,
                false,
                Services.target("a.demo", 80, Protocol.HTTP, 8080),
                Services.target("b.demo", 81, Protocol.TCP, 8080)))
        .hasSize(1);
  }

  private static HttpProtocolOptions options(Protocol protocol) throws Exception {
    return translate(Capture.NONE, false, Services.target("a.demo", 80, protocol, 8080))
        .get(0)
        .getTypedExtensionProtocolOptionsOrThrow(HTTP_OPTIONS)
        .unpack(HttpProtocolOptions.class);
  }

  private static List<Cluster> translate(Capture capture, boolean ipv6, ServiceTarget... targets) {
    return InboundClusters.translate(
        new InboundListenerInput(
            new ListenerAddressing(capture, true, ipv6, "", false),
            List.of("10.0.0.1"),
            List.of(targets),
            EffectiveMutualTls.DEFAULT,
            new TrustDomain("td")));
  }
}
