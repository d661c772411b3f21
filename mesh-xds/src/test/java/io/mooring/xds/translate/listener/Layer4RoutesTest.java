package io.mooring.xds.translate.listener;

import static io.mooring.xds.translate.listener.OutboundListenersTest.CAPTURED;
import static io.mooring.xds.translate.listener.OutboundListenersTest.listener;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.mooring.model.Metadata;
import io.mooring.model.Protocol;
import io.mooring.model.networking.Destination;
import io.mooring.model.networking.L4MatchAttributes;
import io.mooring.model.networking.PortSelector;
import io.mooring.model.networking.RouteDestination;
import io.mooring.model.networking.TcpRoute;
import io.mooring.model.networking.TlsMatchAttributes;
import io.mooring.model.networking.TlsRoute;
import io.mooring.model.networking.VirtualService;
import io.mooring.model.networking.VirtualServiceSpec;
import io.mooring.xds.translate.listener.OutboundListenerInput.Layer4;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the TCP and TLS routes of VirtualServices make of listeners. */
class Layer4RoutesTest {

  @Test
  void tcpRoutesSpreadConnectionsUntilOneTakesAll() {
    VirtualService routes =
        virtualService(
            "db.demo",
            VirtualServiceSpec.builder()
                .addTcp(
                    TcpRoute.builder()
                        .addMatch(
                            L4MatchAttributes.builder().addDestinationSubnets("10.0.0.0/8").build())
                        .addRoute(destination("near.demo", 0, 0))
                        .build())
                .addTcp(
                    TcpRoute.builder()
                        .addMatch(L4MatchAttributes.builder().port(5432).build())
                        .addRoute(destination("db.demo", 30, 5432), destination("b.demo", 70, 0))
                        .build())
                .addTcp(TcpRoute.builder().addRoute(destination("never.demo", 1, 1)).build()));

    assertThat(Chains.of(vip(routes, "a", Map.of())))
        .containsExactly(
            "10.0.0.0/8 -> tcp outbound|5432||near.demo",
            "else -> tcp outbound|5432||b.demo*70 outbound|5432||db.demo*30");
  }

  @Test
  void tcpRouteForOtherCallersDoesNotCount() {
    VirtualService routes =
        virtualService(
            "db.demo",
            VirtualServiceSpec.builder()
                .addTcp(route(L4MatchAttributes.builder().port(1).build(), "port.demo"))
                .addTcp(
                    route(
                        L4MatchAttributes.builder().putSourceLabels("app", "x").build(),
                        "label.demo"))
                .addTcp(
                    route(
                        L4MatchAttributes.builder().sourceNamespace("other").build(),
                        "namespace.demo"))
                .addTcp(
                    route(L4MatchAttributes.builder().addGateways("gate").build(), "gate.demo")));

    assertThat(Chains.of(vip(routes, "demo", Map.of("app", "y"))))
        .containsExactly("-> tcp outbound|5432||db.demo");
    assertThat(Chains.of(vip(routes, "demo", Map.of("app", "x"))))
        .containsExactly("-> tcp outbound|5432||label.demo");
  }

  @Test
  void tlsRoutesMatchServerNamesAndReplaceTheService() {
    VirtualService routes =
        virtualService(
            "*.example.com",
            VirtualServiceSpec.builder()
                .addTls(
                    TlsRoute.builder()
                        .addMatch(TlsMatchAttributes.builder().addSniHosts("x.example.com").build())
                        .addRoute(destination("egress", 0, 0))
                        .build()));

    ListenerTranslation translation =
        OutboundListeners.translate(
            new OutboundListenerInput(
                CAPTURED,
                new TreeSet<>(),
                List.of(
                    Services.service("x.example.com", 443, Protocol.TLS),
                    Services.service("egress.demo.svc.cluster.local", 8443, Protocol.TLS)),
                new TreeMap<>(),
                Layer4.of(List.of(routes), "demo", new TreeMap<>(), "cluster.local"),
                new TreeMap<>()));

    assertThat(Chains.of(listener(translation, "0.0.0.0_443")))
        .containsExactly(
            "x.example.com -> tcp outbound|8443||egress.demo.svc.cluster.local",
            "else -> tcp PassthroughCluster");
  }

  @Test
  void hostsOfRoutesAreSpelledInAnyCase() {
    VirtualService routes =
        virtualService(
            "DB.demo",
            VirtualServiceSpec.builder()
                .addTcp(TcpRoute.builder().addRoute(destination("Near.Demo", 0, 0)).build()));

    assertThat(Chains.of(vip(routes, "demo", Map.of())))
        .containsExactly("-> tcp outbound|5432||near.demo");
  }

  @Test
  void oneWithoutSuchRoutesStillSpeaksForTheHostThatItNames() {
    VirtualService http = virtualService("db.demo", VirtualServiceSpec.builder());
    VirtualService wildcard =
        virtualService(
            "*.demo",
            VirtualServiceSpec.builder()
                .addTcp(TcpRoute.builder().addRoute(destination("wide.demo", 0, 0)).build()));

    assertThat(
            Layer4.of(List.of(http, wildcard), "demo", new TreeMap<>(), "cluster.local")
                .virtualServices())
        .containsExactly(http, wildcard);
    assertThat(Chains.of(vip(wildcard, "demo", Map.of())))
        .containsExactly("-> tcp outbound|5432||wide.demo");
  }

  @Test
  void proxiesWithOtherLabelsShareAnInputWhereNoRouteAsks() {
    VirtualService http = virtualService("a.demo", VirtualServiceSpec.builder());

    assertThat(Layer4.of(List.of(http), "demo", new TreeMap<>(Map.of("a", "b")), "cluster.local"))
        .isEqualTo(Layer4.NONE);
  }

  private static Listener vip(VirtualService routes, String namespace, Map<String, String> labels) {
    return listener(
        OutboundListeners.translate(
            new OutboundListenerInput(
                CAPTURED,
                new TreeSet<>(),
                List.of(Services.service("db.demo", 5432, Protocol.TCP, "240.0.0.1")),
                new TreeMap<>(),
                Layer4.of(List.of(routes), namespace, new TreeMap<>(labels), "cluster.local"),
                new TreeMap<>())),
        "240.0.0.1_5432");
  }

  private static VirtualService virtualService(String host, VirtualServiceSpec.Builder spec) {
    return VirtualService.builder()
        .metadata(Metadata.of("demo", "routes"))
        .spec(spec.addHosts(host).build())
        .build();
  }

  private static TcpRoute route(L4MatchAttributes match, String host) {
    return TcpRoute.builder().addMatch(match).addRoute(destination(host, 0, 0)).build();
  }

  private static RouteDestination destination(String host, int weight, int port) {
    Destination.Builder destination = Destination.builder().host(host);
    if (port != 0) {
      destination.port(PortSelector.of(port));
    }
    return RouteDestination.builder().destination(destination.build()).weight(weight).build();
  }
}
